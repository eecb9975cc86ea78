"""`Delete…` on a record's page as a browser may call it: without the right, wrongly, too late, twice."""

from typing import Any

import pytest
from pydantic import ValidationError

from crm_app.core import db
from crm_app.core.changes import undo
from crm_app.core.errors import Forbidden
from crm_app.identity.matrix import MATRIX, ROLES
from crm_app.records import editing
from crm_app.records.page import deleting as module
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.state import ListWalk, RecordScreen
from crm_app.tables import Company, Person
from crm_app.ui.overlay import Toaster
from tests.support.builders import make_company, make_person, make_user, principal, row
from tests.support.tabs import Tab

MADE: dict[str, tuple[Any, Any, str]] = {
    "person": (Person, make_person, "/people"),
    "company": (Company, make_company, "/companies"),
}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("start", {"id": 1}),
    ("close", {"id": 1}),
    ("person", {}),
    ("person", {"values": {}, "id": 1}),
    ("company", {"values": "all"}),
    ("company", {"values": {"id": 7}}),
]
WITHOUT = [(role, name) for role in ROLES for name in MADE if MATRIX[role][name]["delete"] == "none"]


def on_page(role: str, name: str, tail: str = "", **values: Any) -> tuple[Tab, int]:
    """A tab that shows a record of its user."""
    me = make_user(role=role)
    id = MADE[name][1](owner_id=me, **values)
    tab = Tab(principal(me, role), f"{MADE[name][2]}/{id}{tail}")
    tab.call(ListWalk, "load")
    tab.call(RecordScreen, "load")
    return tab, id


def alive(name: str, id: int) -> bool:
    return row(MADE[name][0], id)["deleted_at"] is None


def target(answer: Any) -> str:
    """Where a redirect leads."""
    return str({str(k): v for k, v in answer.args}["path"]).strip('"')


@pytest.mark.parametrize(("handler", "payload"), WRONG)
def test_what_does_not_fit_is_refused(sqlite_database: str, handler: str, payload: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Tab(principal(make_user(role="administrator"), "administrator")).call(RecordDelete, handler, **payload)


def test_every_handler_is_in_this_file() -> None:
    own = {n for n, h in RecordDelete.event_handlers.items() if h.fn.__module__ == module.__name__}
    assert own == {handler for handler, _ in WRONG}


@pytest.mark.parametrize("name", list(MADE))
def test_it_is_asked_deleted_and_taken_back(sqlite_database: str, name: str) -> None:
    tab, id = on_page("sales", name)
    tab.call(RecordDelete, name, values={})
    assert alive(name, id), "nobody was asked"
    tab.call(RecordDelete, "start")
    tab.call(RecordDelete, "close")
    tab.call(RecordDelete, name, values={})
    assert alive(name, id), "cancelled"
    tab.call(RecordDelete, "start")
    assert target(tab.call(RecordDelete, name, values={})) == MADE[name][2]
    assert not alive(name, id)
    toast = tab.state(Toaster).latest
    assert toast.text.endswith(" deleted.") and toast.action == "Undo"
    assert tab.call(RecordDelete, name, values={}) is None, "a second click does nothing"
    db.write_sync(undo, tab.who, toast.action_value)
    assert alive(name, id)


def test_it_goes_back_to_the_list_it_came_from(sqlite_database: str) -> None:
    tab, _ = on_page("sales", "person", "?list=q%3DAda")
    tab.call(RecordDelete, "start")
    assert target(tab.call(RecordDelete, "person", values={})) == "/people?q=Ada"


def test_there_is_a_role_without_the_right() -> None:
    assert {name for _, name in WITHOUT} == set(MADE)


@pytest.mark.parametrize(("role", "name"), WITHOUT)
def test_without_the_right_it_is_neither_offered_nor_done(sqlite_database: str, role: str, name: str) -> None:
    tab, id = on_page(role, name)
    page = tab.state(RecordScreen).page
    assert page is None or not page.may_delete
    tab.call(RecordDelete, "start")
    assert not tab.state(RecordDelete).open
    with pytest.raises(Forbidden):
        tab.call(RecordDelete, name, values={})
    assert alive(name, id)


def test_the_record_of_somebody_else_is_neither_offered_nor_deleted(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    other = make_person(owner_id=make_user())
    tab.call(RecordDelete, "start")
    tab.go_to(f"/people/{other}")
    tab.call(ListWalk, "load")
    tab.call(RecordScreen, "load")
    assert not tab.state(RecordScreen).page.may_delete
    tab.call(RecordDelete, "person", values={})
    assert alive("person", id) and alive("person", other), "the question was about another record"
    tab.call(RecordDelete, "start")
    assert not tab.state(RecordDelete).open


def test_the_handler_of_another_kind_deletes_nothing(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    tab.call(RecordDelete, "start")
    tab.call(RecordDelete, "company", values={})
    assert alive("person", id)


def test_somebody_was_faster(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    tab.call(RecordDelete, "start")
    db.write_sync(editing.delete_record, tab.who, "person", id)
    assert tab.call(RecordDelete, "person", values={}) is None
    assert tab.state(RecordDelete).error.startswith("Not deleted. ")
    assert tab.state(RecordScreen).missing
