"""The handlers of a merge and of its undo as a browser may call them: without the right, wrongly, too late, twice."""

from typing import Any

import pytest
from pydantic import ValidationError

from crm_app.core.actor import Principal
from crm_app.duplicates.merge import state as module
from crm_app.duplicates.merge.state import MergeScreen, UnmergeScreen
from crm_app.tables import PersonEmail
from tests.duplicates.test_worklist_handlers import living
from tests.duplicates.world import merge, snapshot
from tests.imports.files import all_of
from tests.support.builders import change, make_person, make_user, principal
from tests.support.tabs import Tab

WRONG: list[tuple[Any, str, dict[str, Any]]] = [
    (UnmergeScreen, "load", {"batch": 1}),
    (UnmergeScreen, "confirm", {}),
    (UnmergeScreen, "confirm", {"values": "all"}),
    (UnmergeScreen, "confirm", {"values": {"emails.1": 7}}),
    (UnmergeScreen, "confirm", {"values": {}, "batch_id": 1}),
    (MergeScreen, "load", {"ids": [1, 2]}),
    (MergeScreen, "add", {"values": ["2"]}),
    (MergeScreen, "keep", {"id": "first"}),
    (MergeScreen, "choose", {"field": "title"}),
    (MergeScreen, "confirm", {"survivor": 1}),
]


@pytest.fixture
def boss(sqlite_database: str) -> Principal:
    return principal(make_user(name="Boss", role="administrator"), "administrator")


def pair(owner: int | None) -> list[int]:
    return [make_person(display_name=name, owner_id=owner) for name in ("Ada", "Ada B.")]


@pytest.mark.parametrize(("state", "handler", "payload"), WRONG)
def test_what_does_not_fit_is_refused_before_anything_runs(
    boss: Principal, state: Any, handler: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        Tab(boss).call(state, handler, **payload)


@pytest.mark.parametrize("state", [MergeScreen, UnmergeScreen])
def test_every_handler_is_in_this_file(state: Any) -> None:
    own = {n for n, h in state.event_handlers.items() if h.fn.__module__ == module.__name__}
    assert own == {handler for known, handler, _ in WRONG if known is state}


@pytest.mark.parametrize("batch", ["", "0", "x", "-1", "9" * 40, "12345678"])
def test_an_address_of_no_merge_shows_nothing_and_does_nothing(boss: Principal, batch: str) -> None:
    pair(boss.id)
    before = snapshot()
    tab = Tab(boss, f"/unmerge?batch={batch}")
    tab.call(UnmergeScreen, "load")
    assert tab.state(UnmergeScreen).page is None and tab.state(UnmergeScreen).loaded
    assert tab.call(UnmergeScreen, "confirm", values={"emails.1": "2"}) is None
    assert snapshot() == before


@pytest.mark.parametrize("role", ["sales", "manager", "marketing", "read-only"])
def test_whoever_may_not_merge_may_not_take_it_back(boss: Principal, role: str) -> None:
    one, other = pair(boss.id)
    batch = merge("person", one, other).batch_id
    stranger = principal(make_user(role=role), role)
    tab = Tab(stranger, f"/unmerge?batch={batch}")
    tab.call(UnmergeScreen, "load")
    assert tab.state(UnmergeScreen).page is None and "The role" in tab.state(UnmergeScreen).problem
    assert tab.call(UnmergeScreen, "confirm", values={}) is None and living() == 1


def test_a_right_that_was_lost_meanwhile_is_lost(boss: Principal) -> None:
    one, other = pair(boss.id)
    batch = merge("person", one, other).batch_id
    tab = Tab(boss, f"/unmerge?batch={batch}")
    tab.call(UnmergeScreen, "load")
    before = snapshot()
    tab.who = principal(boss.id, "read-only")
    assert tab.call(UnmergeScreen, "confirm", values={}) is None
    assert "The role" in tab.state(UnmergeScreen).problem and snapshot() == before


def test_it_is_taken_back_once(boss: Principal) -> None:
    one, other = pair(boss.id)
    before = snapshot()["person"]
    batch = merge("person", one, other).batch_id
    tab, late = (Tab(boss, f"/unmerge?batch={batch}") for _ in range(2))
    for each in (tab, late):
        each.call(UnmergeScreen, "load")
    assert tab.call(UnmergeScreen, "confirm", values={}) is not None
    assert living() == 2 and snapshot()["person"] == before and tab.said == "They are 2 again."
    for each in (tab, late):
        assert each.call(UnmergeScreen, "confirm", values={}) is None
        assert "taken back already" in each.state(UnmergeScreen).problem
    assert snapshot()["person"] == before


def test_what_came_since_goes_only_to_one_of_them(boss: Principal) -> None:
    one, other = pair(boss.id)
    batch = merge("person", one, other).batch_id
    stranger = make_person(display_name="Stranger")
    change("person", one, emails=[{"value": "ada@new.example"}])
    tab = Tab(boss, f"/unmerge?batch={batch}")
    tab.call(UnmergeScreen, "load")
    (line,) = tab.state(UnmergeScreen).page.lines
    assert tab.call(UnmergeScreen, "confirm", values={line.key: str(stranger)}) is None
    assert "no record" in tab.state(UnmergeScreen).problem and living() == 2
    answer = tab.call(UnmergeScreen, "confirm", values={line.key: str(other), "deal.1": "9", "x": "y"})
    assert answer is not None and living() == 3
    (email,) = [e for e in all_of(PersonEmail) if e.person_id == other]
    assert email.value == "ada@new.example"


def test_a_merge_is_confirmed_once(boss: Principal) -> None:
    one, other = pair(boss.id)
    tab = Tab(boss, f"/merge?kind=person&ids={one},{other}")
    assert tab.call(MergeScreen, "confirm") is None and living() == 2, "before anything was shown"
    tab.call(MergeScreen, "load")
    for field, id in (("deleted_at", one), ("title", 10**9)):
        chosen = dict(tab.state(MergeScreen).chosen)
        tab.call(MergeScreen, "choose", field=field, id=id)
        assert tab.state(MergeScreen).chosen == chosen
    assert tab.call(MergeScreen, "confirm") is not None and living() == 1
    assert tab.call(MergeScreen, "confirm") is None and living() == 1


def test_a_merge_of_what_was_changed_or_merged_meanwhile_says_so(boss: Principal) -> None:
    one, other = pair(boss.id)
    tab, late = (Tab(boss, f"/merge?kind=person&ids={one},{other}") for _ in range(2))
    for each in (tab, late):
        each.call(MergeScreen, "load")
    change("person", other, title="Countess")
    assert tab.call(MergeScreen, "confirm") is None and living() == 2
    assert "was changed since" in tab.state(MergeScreen).problem
    late.call(MergeScreen, "load")
    merge("person", one, other, actor=boss)
    assert late.call(MergeScreen, "confirm") is None
    assert "by Boss meanwhile" in late.state(MergeScreen).problem


@pytest.mark.parametrize("role", ["read-only", "sales"])
def test_whoever_may_not_merge_them_does_not(boss: Principal, role: str) -> None:
    one, other = pair(boss.id)
    tab = Tab(principal(make_user(role=role), role), f"/merge?kind=person&ids={one},{other}")
    before = snapshot()
    tab.call(MergeScreen, "load")
    assert tab.call(MergeScreen, "confirm") is None and snapshot() == before


@pytest.mark.parametrize("ids", ["1,1", "1,99999999", "x,y", "1,2,3,4,5,6,7"])
def test_an_address_of_nobody_shows_nothing(boss: Principal, ids: str) -> None:
    tab = Tab(boss, f"/merge?kind=person&ids={ids}")
    tab.call(MergeScreen, "load")
    assert tab.state(MergeScreen).page is None and tab.state(MergeScreen).loaded
    assert tab.call(MergeScreen, "add", values={"other_id": "' or 1"}) is None
