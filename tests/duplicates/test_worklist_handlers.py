"""Every handler of the work list as a browser may call it: without the right, wrongly, too late, and twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden
from crm_app.duplicates.merge.groups import start_groups
from crm_app.duplicates.worklist import state as module
from crm_app.duplicates.worklist.state import DuplicateList
from crm_app.identity.matrix import MATRIX, ROLES
from crm_app.jobs.bulk import BulkRunner
from crm_app.tables import DuplicatePair, Person
from tests.duplicates.test_worklist_screen import two
from tests.duplicates.world import merge, snapshot
from tests.imports.files import all_of
from tests.support.builders import make_user, principal
from tests.support.tabs import Tab


@pytest.fixture
def boss(sqlite_database: str) -> Principal:
    return principal(make_user(role="administrator"), "administrator")


@pytest.fixture
def runner(boss: Principal) -> Iterator[BulkRunner]:
    """What does the runs while a tab looks on, as beside a worker."""
    made = BulkRunner()
    made.start()
    yield made
    made.stop()


def opened(who: Principal, path: str = "/duplicates") -> Tab:
    tab = Tab(who, path)
    tab.call(DuplicateList, "load")
    return tab


def decisions() -> list[str]:
    return [p.decision for p in all_of(DuplicatePair)]


def living() -> int:
    return sum(p.deleted_at is None for p in all_of(Person))


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("load", {"kind": "person"}),
    ("differ", {}),
    ("differ", {"ids": "x"}),
    ("differ", {"ids": [1, "two"]}),
    ("differ", {"ids": [1, 2], "actor": 1}),
    ("take_back", {"ids": [1, 2]}),
    ("choose", {"key": 7}),
    ("choose_all", {"key": "1-2"}),
    ("preview", {"clusters": [[1, 2]]}),
    ("close_plan", {"plan": {}}),
    ("merge_chosen", {"clusters": [[1, 2]]}),
    ("resume", {"run_id": 1}),
    ("check_now", {"kind": "person"}),
]


@pytest.mark.parametrize(("handler", "payload"), WRONG)
def test_what_does_not_fit_is_refused_before_anything_runs(
    boss: Principal, handler: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        Tab(boss).call(DuplicateList, handler, **payload)


def test_every_handler_is_in_this_file() -> None:
    own = {n for n, h in DuplicateList.event_handlers.items() if h.fn.__module__ == module.__name__}
    assert own == {handler for handler, _ in WRONG}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_a_check_of_all_is_for_administrators(sqlite_database: str, role: str) -> None:
    two("Quist")
    with pytest.raises(Forbidden):
        Tab(principal(make_user(role=role), role)).call(DuplicateList, "check_now")


def test_a_check_runs_once(boss: Principal) -> None:
    two("Quist")
    tab = opened(boss)
    tab.state(DuplicateList).checking = True
    tab.call(DuplicateList, "check_now")
    assert tab.said == "" and tab.state(DuplicateList).checking, "one is under way in this tab"
    tab.state(DuplicateList).checking = False
    tab.call(DuplicateList, "check_now")
    assert tab.said == "2 people were compared."
    tab.call(DuplicateList, "check_now")
    assert "compared" not in tab.said and not tab.state(DuplicateList).checking


def test_whoever_may_not_read_sees_nothing(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    two("Quist")
    monkeypatch.setitem(MATRIX["support"]["person"], "read", "none")
    tab = opened(principal(make_user(role="support"), "support"))
    state = tab.state(DuplicateList)
    assert (state.failure, state.page.groups, state.loaded) == ("Your role may not see these.", [], True)


def test_only_whoever_may_edit_one_says_they_differ(sqlite_database: str) -> None:
    ids = two("Quist", make_user(), make_user())
    tab = opened(principal(make_user(role="read-only"), "read-only"))
    tab.call(DuplicateList, "differ", ids=ids)
    assert decisions() == ["open"] and "read" in tab.said.casefold()
    assert tab.state(DuplicateList).apart == []


@pytest.mark.parametrize("given", [[], [1], [10**15, 10**15 + 1], list(range(1, 62))])
def test_records_that_are_not_there_or_too_many_change_nothing(boss: Principal, given: list[int]) -> None:
    two("Quist")
    tab = opened(boss)
    tab.call(DuplicateList, "differ", ids=given)
    assert decisions() == ["open"] and tab.said


def test_that_they_differ_is_said_twice_and_taken_back_twice(boss: Principal) -> None:
    ids = two("Quist")
    tab = opened(boss)
    (group,) = tab.state(DuplicateList).page.groups
    for _ in range(2):
        tab.call(DuplicateList, "differ", ids=group.ids)
        assert decisions() == ["not_duplicate"] and tab.state(DuplicateList).apart == group.ids
    for _ in range(2):
        tab.call(DuplicateList, "take_back")
        assert decisions() == ["open"] and tab.state(DuplicateList).apart == []
    assert sorted(group.ids) == ids


def test_a_tab_that_does_not_know_of_a_merge_decides_nothing(boss: Principal) -> None:
    one, other = two("Quist")
    tab = opened(boss)
    merge("person", one, other)
    before = snapshot()
    tab.call(DuplicateList, "differ", ids=[one, other])
    assert decisions() == ["merged"] and "does not exist" in tab.said and snapshot() == before
    assert tab.state(DuplicateList).page.groups == [], "and it shows what is there now"


def test_only_what_stands_on_the_page_and_may_be_merged_is_chosen(sqlite_database: str) -> None:
    me = principal(make_user())
    two("Quist", make_user(), make_user())
    tab = opened(me)
    (group,) = tab.state(DuplicateList).page.groups
    for key in (group.key, "1-2", "", "'; drop table person"):
        tab.call(DuplicateList, "choose", key=key)
    tab.call(DuplicateList, "choose_all")
    assert tab.state(DuplicateList).chosen == []
    tab.state(DuplicateList).chosen = [group.key]  # as nobody can send it, but all the same
    tab.call(DuplicateList, "preview")
    assert tab.state(DuplicateList).plan.groups == 0
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 2


def test_chosen_twice_is_not_chosen(boss: Principal) -> None:
    assert two("Quist") != two("Arne")
    tab = opened(boss)
    keys = [g.key for g in tab.state(DuplicateList).page.groups]
    tab.call(DuplicateList, "choose", key=keys[0])
    assert tab.state(DuplicateList).chosen == [keys[0]]
    tab.call(DuplicateList, "choose", key=keys[0])
    assert tab.state(DuplicateList).chosen == []
    tab.call(DuplicateList, "choose_all")
    assert tab.state(DuplicateList).chosen == keys
    tab.call(DuplicateList, "choose_all")
    assert tab.state(DuplicateList).chosen == []


def test_many_are_merged_after_the_plan_and_once(boss: Principal, runner: BulkRunner) -> None:
    assert two("Quist", boss.id, boss.id) != two("Arne", boss.id, boss.id)
    tab = opened(boss)
    tab.call(DuplicateList, "choose_all")
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 4, "nobody has seen what would become of them"
    tab.call(DuplicateList, "preview")
    assert tab.state(DuplicateList).plan.groups == 2
    tab.state(DuplicateList).percent = 40
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 4, "the first press is still at work"
    tab.state(DuplicateList).percent = -1
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 2 and tab.said.startswith("2 merged")
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 2 and tab.state(DuplicateList).plan.groups == 0


def test_what_a_colleague_merged_meanwhile_is_told(boss: Principal, runner: BulkRunner) -> None:
    one, other = two("Quist", boss.id, boss.id)
    two("Arne", boss.id, boss.id)
    tab = opened(boss)
    tab.call(DuplicateList, "choose_all")
    tab.call(DuplicateList, "preview")
    merge("person", one, other)
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 2 and tab.said.startswith("1 merged") and "1 left" in tab.said


def test_a_tab_that_is_opened_meanwhile_follows_what_another_one_began(boss: Principal) -> None:
    groups = [two("Quist", boss.id, boss.id), two("Arne", boss.id, boss.id)]
    db.write_sync(start_groups, boss, "person", groups)
    tab = opened(boss)
    runner = BulkRunner()
    runner.start()
    try:
        tab.call(DuplicateList, "resume")
    finally:
        runner.stop()
    assert living() == 2 and tab.said.startswith("2 merged") and tab.state(DuplicateList).percent == -1
    assert tab.state(DuplicateList).page.groups == []
    other = opened(principal(make_user(role="administrator"), "administrator"))
    other.call(DuplicateList, "resume")
    assert other.said == "", "there is nothing to follow any more, and it was not theirs"


def test_a_plan_is_closed_without_a_trace(boss: Principal) -> None:
    two("Quist", boss.id, boss.id)
    tab = opened(boss)
    tab.call(DuplicateList, "choose_all")
    tab.call(DuplicateList, "preview")
    for _ in range(2):
        tab.call(DuplicateList, "close_plan")
        assert tab.state(DuplicateList).plan.groups == 0
    tab.call(DuplicateList, "merge_chosen")
    assert living() == 2
