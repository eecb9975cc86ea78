"""`Delete…` on a record's page as a browser may call it: without the right, wrongly, too late, twice."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from crm_app.billing.service import draft_rest, order_from_quote
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.errors import Forbidden
from crm_app.identity.matrix import MATRIX, ROLES
from crm_app.quotes.service import accept, send_quote
from crm_app.records import editing
from crm_app.records.page import deleting as module
from crm_app.records.page.deleting import ASKED, RecordDelete
from crm_app.records.page.state import RecordScreen
from crm_app.tables import Company, Deal, Invoice, Person, Quote
from crm_app.ui.overlay import Toaster
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)
from tests.support.tabs import Tab


def owned_deal(owner_id: int, **values: Any) -> int:
    return make_deal(make_pipeline(), owner_id=owner_id, **values)


def quote_draft(owner_id: int) -> int:
    return make("quote", title="Roll-out", owner_id=owner_id)


def invoice_draft(owner_id: int) -> int:
    """As people make one: from an order, which a quote became."""
    line = {"name": "Installation", "quantity_milli": 1_000, "unit_price_minor": 98_000}
    quote = make("quote", title="Roll-out", owner_id=owner_id, company_id=make_company(), lines=[line])

    def draft(session: Session) -> int:
        send_quote(session, SYSTEM, quote)
        accept(session, quote, "Ada Byron")
        return draft_rest(session, SYSTEM, order_from_quote(session, SYSTEM, quote))

    return db.write_sync(draft)


MADE: dict[str, tuple[Any, Any, str]] = {
    "person": (Person, make_person, "/people"),
    "company": (Company, make_company, "/companies"),
    "deal": (Deal, owned_deal, "/deals"),
    "quote": (Quote, quote_draft, "/quotes"),
    "invoice": (Invoice, invoice_draft, "/invoices"),
}
START: dict[str, Any] = {"name": "person", "id": 1, "version": 1, "back": "/people"}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("start", {"id": 1}),
    ("start", START | {"id": "all"}),
    ("start", START | {"more": 1}),
    ("close", {"id": 1}),
    ("person", {}),
    ("person", {"values": {}, "id": 1}),
    ("company", {"values": "all"}),
    ("company", {"values": {"id": 7}}),
    ("deal", {}),
    ("quote", {"values": {"id": 7}}),
    ("invoice", {"values": 1}),
]
WITHOUT = [(role, name) for role in ROLES for name in MADE if MATRIX[role][name]["delete"] == "none"]


def on_page(role: str, name: str, tail: str = "", **values: Any) -> tuple[Tab, int]:
    """A tab that shows a record of its user."""
    me = make_user(role=role)
    id = MADE[name][1](owner_id=me, **values)
    return Tab(principal(me, role), f"{MADE[name][2]}/{id}{tail}"), id


def ask(tab: Tab, name: str, id: int, version: int = 0, back: str = "") -> None:
    """`Delete…` of a page that shows the record as it is, or as it was in this version."""
    version = version or row(MADE[name][0], id)["version"]
    tab.call(RecordDelete, "start", name=name, id=id, version=version, back=back or MADE[name][2])


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
    assert own == {"start", "close", *ASKED} and set(ASKED) == set(MADE)


@pytest.mark.parametrize("name", list(MADE))
def test_it_is_asked_deleted_and_taken_back(sqlite_database: str, name: str) -> None:
    tab, id = on_page("administrator", name)
    tab.call(RecordDelete, name, values={})
    assert alive(name, id), "nobody was asked"
    ask(tab, name, id)
    tab.call(RecordDelete, "close")
    tab.call(RecordDelete, name, values={})
    assert alive(name, id), "cancelled"
    ask(tab, name, id)
    assert target(tab.call(RecordDelete, name, values={})) == MADE[name][2]
    assert not alive(name, id)
    toast = tab.state(Toaster).latest
    assert toast.text.endswith(" deleted.") and toast.action == "Undo"
    assert tab.call(RecordDelete, name, values={}) is None, "a second click does nothing"
    db.write_sync(undo, tab.who, toast.action_value)
    assert alive(name, id)


@pytest.mark.parametrize(
    ("name", "tail", "back", "there"),
    [
        ("person", "?list=q%3DAda", "/people", "/people?q=Ada"),
        ("deal", "?list=q%3DRoll", "/deals", "/deals/list?q=Roll"),
        ("deal", "", "/deals", "/deals"),
        ("deal", "", "//evil.example/deals", "/"),
        ("deal", "", "https://evil.example", "/"),
    ],
)
def test_it_goes_back_to_where_it_came_from(sqlite_database: str, name: str, tail: str, back: str, there: str) -> None:
    tab, id = on_page("sales", name, tail)
    ask(tab, name, id, back=back)
    assert target(tab.call(RecordDelete, name, values={})) == there


def test_there_is_a_role_without_the_right() -> None:
    assert {name for _, name in WITHOUT} == set(MADE)


@pytest.mark.parametrize(("role", "name"), WITHOUT)
def test_without_the_right_it_is_neither_asked_nor_done(sqlite_database: str, role: str, name: str) -> None:
    tab, id = on_page(role, name)
    ask(tab, name, id)
    assert not tab.state(RecordDelete).open and tab.said.startswith("Not deleted. ")
    with pytest.raises(Forbidden):
        tab.call(RecordDelete, name, values={})
    assert alive(name, id)


@pytest.mark.parametrize("name", ["person", "company"])
def test_the_page_offers_it_to_those_who_may(sqlite_database: str, name: str) -> None:
    for role, offered in (("administrator", True), ("read-only", False)):
        tab, _ = on_page(role, name)
        tab.call(RecordScreen, "load")
        page = tab.state(RecordScreen).page
        assert (page is not None and page.may_delete) == offered, role


def test_the_record_of_somebody_else_is_neither_asked_about_nor_deleted(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    other = make_person(owner_id=make_user())
    ask(tab, "person", id)
    tab.go_to(f"/people/{other}")
    tab.call(RecordDelete, "person", values={})
    assert alive("person", id) and alive("person", other), "the question was about another record"
    ask(tab, "person", other)
    assert not tab.state(RecordDelete).open


@pytest.mark.parametrize(("name", "id"), [("user", 1), ("stage", 1), ("nonsense", 1), ("deal", -1)])
def test_nothing_else_is_asked_about(sqlite_database: str, name: str, id: int) -> None:
    tab, _ = on_page("administrator", "person")
    tab.call(RecordDelete, "start", name=name, id=id, version=1, back="/people")
    assert not tab.state(RecordDelete).open


def test_the_handler_of_another_kind_deletes_nothing(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    ask(tab, "person", id)
    tab.call(RecordDelete, "company", values={})
    assert alive("person", id)


def test_somebody_was_faster(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    ask(tab, "person", id)
    db.write_sync(editing.delete_record, tab.who, "person", id)
    assert tab.call(RecordDelete, "person", values={}) is None
    assert tab.state(RecordDelete).error.startswith("Not deleted. ")


def test_what_somebody_changed_meanwhile_is_told_before_it_goes(sqlite_database: str) -> None:
    """The word names what changed; whoever presses again deletes what stands now, and nothing newer."""
    tab, id = on_page("sales", "deal")
    ask(tab, "deal", id)
    change("deal", id, value_minor=500_00, title="Now a large one")
    assert tab.call(RecordDelete, "deal", values={}) is None and alive("deal", id)
    assert "Somebody changed this meanwhile: Title, Value." in tab.state(RecordDelete).error
    change("deal", id, **{"tags+": [make("tag", name="Urgent")]})
    assert tab.call(RecordDelete, "deal", values={}) is None and alive("deal", id)
    assert "Somebody changed this meanwhile: Tags." in tab.state(RecordDelete).error
    assert target(tab.call(RecordDelete, "deal", values={})) == "/deals" and not alive("deal", id)


def test_a_page_that_stood_open_for_long_is_told_at_once(sqlite_database: str) -> None:
    tab, id = on_page("sales", "person")
    change("person", id, last_name="Lovelace")
    ask(tab, "person", id, version=1)
    assert tab.call(RecordDelete, "person", values={}) is None and alive("person", id)


def test_a_field_that_one_may_not_read_is_not_named(sqlite_database: str) -> None:
    tab, id = on_page("sales", "deal")
    tab.who = replace(tab.who, unseen=frozenset({"deal.value_minor"}))
    ask(tab, "deal", id)
    change("deal", id, value_minor=500_00)
    tab.call(RecordDelete, "deal", values={})
    assert "Somebody changed this meanwhile. " in tab.state(RecordDelete).error and alive("deal", id)
