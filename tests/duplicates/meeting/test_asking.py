"""`Ask for access` and its neighbours beside a form, as a browser may call them."""

from typing import Any

import pytest
from pydantic import ValidationError

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.duplicates.meeting import state as module
from crm_app.duplicates.meeting.state import ASKED, Meeting
from crm_app.identity.matrix import MATRIX
from crm_app.tables import Notification, Person
from tests.duplicates.meeting.test_meeting import TYPED
from tests.imports.files import all_of
from tests.support.builders import change, make_person, make_user, principal, row
from tests.support.tabs import Tab

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("look", {"kind": "person", "values": {}, "n": "many", "but": []}),
    ("choose", {"kind": "person", "id": "1; drop", "values": {}}),
    ("fill", {"kind": "person", "id": 1, "values": {"title": 7}}),
    ("ask", {"kind": "person"}),
    ("ask", {"kind": "person", "id": "x"}),
    ("ask", {"kind": "person", "id": 1, "actor": 1}),
]


@pytest.fixture
def hidden(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Somebody whom sales people do not see unless they own them."""
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "own")
    emails = [{"value": TYPED["emails.value"]}]
    names = {"first_name": "Jon", "last_name": "Berglund", "display_name": "Jon Berglund"}
    return make_person(**names, emails=emails, owner_id=make_user(name="Ravi Shah"))


def looking(who: Principal) -> Tab:
    tab = Tab(who)
    tab.call(Meeting, "look", kind="person", values=TYPED, n=1, but=[])
    return tab


def asked() -> list[Notification]:
    return [n for n in all_of(Notification) if "asks for access" in n.text]


@pytest.mark.parametrize(("handler", "payload"), WRONG)
def test_what_does_not_fit_is_refused_before_anything_runs(
    sqlite_database: str, handler: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        Tab(principal(make_user())).call(Meeting, handler, **payload)


def test_every_handler_is_in_this_file() -> None:
    own = {n for n, h in Meeting.event_handlers.items() if h.fn.__module__ == module.__name__}
    assert own == {handler for handler, _ in WRONG}


def test_the_owner_is_asked_once_however_often_it_is_pressed(hidden: int) -> None:
    tab = looking(principal(me := make_user()))
    for _ in range(2):
        tab.call(Meeting, "ask", kind="person", id=hidden)
        assert len(asked()) == 1 and tab.said == ASKED
    assert tab.state(Meeting).met.rows[0].asked
    second = looking(principal(me))
    assert second.state(Meeting).met.rows[0].asked, "another tab knows"
    second.call(Meeting, "ask", kind="person", id=hidden)
    looking(principal(make_user())).call(Meeting, "ask", kind="person", id=hidden)
    assert len(asked()) == 2, "somebody else asks for themselves"


def test_nobody_asks_for_what_the_panel_does_not_name(hidden: int) -> None:
    mine = make_person(owner_id=(me := make_user()))
    other = make_person(owner_id=make_user())
    tab = looking(principal(me))
    for kind, id in (("person", other), ("person", mine), ("person", 10**15), ("user", me), ("nonsense", hidden)):
        tab.call(Meeting, "ask", kind=kind, id=id)
    Tab(principal(me)).call(Meeting, "ask", kind="person", id=hidden)  # a tab in which nothing was typed
    assert asked() == [] and tab.said == ""


def test_a_record_that_is_gone_or_seen_meanwhile_asks_nobody(hidden: int) -> None:
    gone, seen = looking(principal(make_user())), looking(principal(me := make_user()))
    change("person", hidden, owner_id=me)
    seen.call(Meeting, "ask", kind="person", id=hidden)
    db.write_sync(apply, SYSTEM, Change("person", hidden, op="delete"))
    gone.call(Meeting, "ask", kind="person", id=hidden)
    assert asked() == []
    assert gone.said == ASKED, "the same answer, so that nothing is learned by asking"


def test_a_role_that_may_never_see_them_is_told_so(hidden: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = looking(principal(make_user()))
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "none")
    tab.call(Meeting, "ask", kind="person", id=hidden)
    assert asked() == [] and tab.said == "Your role may not see people."


def test_a_hidden_one_is_neither_chosen_nor_filled_in(hidden: int) -> None:
    tab = looking(principal(make_user()))
    before = row(Person, hidden)
    for handler in ("choose", "fill"):
        tab.call(Meeting, handler, kind="person", id=hidden, values=TYPED | {"title": "Buyer"})
        assert tab.state(Meeting).offer.problem and not tab.state(Meeting).offer.done
        tab.call(Meeting, handler, kind="deal", id=hidden, values=TYPED)
    assert row(Person, hidden) == before
