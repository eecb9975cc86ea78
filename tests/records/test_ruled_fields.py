"""Every field of the catalogue that only some roles read × every way out: who may not read it learns nothing of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, kind, kinds, undo
from crm_app.core.errors import Conflict, KithError
from crm_app.identity.matrix import ROLES
from crm_app.identity.policy import FIELD_READ
from crm_app.identity.queries import list_users
from crm_app.identity.rights import explain_record, find_user_page
from crm_app.quotes.gate import SOURCE
from crm_app.quotes.queries.page import quote_page
from crm_app.records.create.service import new_form
from crm_app.records.dictionary.queries import dictionary, dictionary_csv
from crm_app.records.editing import delete_record, edit_cell, edit_field
from crm_app.records.list_screen.queries import LISTED, list_screen
from crm_app.records.listing import fields_of, list_page, read_listing
from crm_app.records.listing.choices import field_choices
from crm_app.records.listing.export import export_rows
from crm_app.records.lookup import find_refs
from crm_app.records.page.deleting import what_changed
from crm_app.records.page.queries import record_page
from crm_app.records.palette.queries import preview_of
from crm_app.records.search.documents import KINDS as SEARCHED
from crm_app.records.search.documents import documents
from crm_app.timeline.queries import timeline_of
from tests.support.builders import make, make_company, make_product, make_user, principal

pytestmark = pytest.mark.usefixtures("sqlite_database")  # one list of fields decides, on both databases
LINE = {"name": "Installation", "quantity_milli": 1_000, "unit_price_minor": 800_00, "unit_cost_minor": 100_00}


@dataclass(frozen=True)
class Case:
    """A record whose field gets the first value, which is told nowhere else, then the second; how the first reads."""

    new: Callable[[], int]
    put: Callable[[int, Any], dict[str, Any]]
    values: tuple[Any, Any]
    marks: tuple[str, ...]
    source: str = "form"


def plain(field: str) -> Callable[[int, Any], dict[str, Any]]:
    return lambda _, value: {field: value}


def quote() -> int:
    """Of a house whose rules want more margin, so that the page says what it lacks."""
    make("quote_policy", name="Rules", least_margin_milli=60_000)
    return make("quote", title="Roll-out", company_id=make_company(), owner_id=make_user(), lines=[LINE])


def cost(id: int, value: int) -> dict[str, Any]:
    """Of 800, a cost of 471.13 leaves a margin of 41.108 %."""
    line = db.read_sync(quote_page, SYSTEM, id).lines[0].id
    return {f"lines.{line}": LINE | {"unit_cost_minor": value}}


CASES = {
    ("product", "cost_minor"): Case(make_product, plain("cost_minor"), (4711_13, 1), ("4,711.13", "4711.13", "471113")),
    ("quote", "lines.unit_cost_minor"): Case(quote, cost, (471_13, 1), ("471.13", "47113")),
    ("quote", "margin_milli"): Case(quote, cost, (471_13, 1), ("41.1", "41108")),
    ("quote", "approved_margin_milli"): Case(
        quote, plain("approved_margin_milli"), (31_207, 1), ("31.2", "31207"), SOURCE
    ),
    ("user", "status"): Case(make_user, plain("status"), ("disabled", "listed"), ("disabled", "Disabled")),
}
Way = Callable[[Session, Principal, str, str, int], Any]


def listed(session: Session, actor: Principal, name: str, parameters: dict[str, str]) -> Any:
    if name in LISTED:
        return list_screen(session, actor, name, {"view": "0", **parameters})
    return list_page(session, actor, read_listing(name, parameters, fields_of(session, actor, name)))


def exported(session: Session, actor: Principal, name: str, field: str, id: int) -> Any:
    listing = read_listing(name, {"cols": field}, fields_of(session, actor, name))
    return list(export_rows(session, actor, listing))


def missed(session: Session, actor: Principal, name: str, field: str, id: int) -> Any:
    """What a person is told who deletes a record that somebody else changed."""
    try:
        return delete_record(session, SYSTEM, name, id, 1)
    except Conflict as conflict:
        return what_changed(session, actor, name, conflict)


WAYS: dict[str, Way] = {
    "list": lambda s, a, k, f, id: listed(s, a, k, {"cols": f}),
    "export": exported,
    "filters": lambda s, a, k, f, id: [c for c in field_choices(s, a, k) if c.name == f],
    "page": lambda s, a, k, f, id: record_page(s, a, k, id),
    "page of a quote": lambda s, a, k, f, id: quote_page(s, a, id) if k == "quote" else None,
    "page of a user": lambda s, a, k, f, id: find_user_page(s, a, id) if k == "user" else None,
    "users": lambda s, a, k, f, id: list_users(s, a),
    "rights": lambda s, a, k, f, id: explain_record(s, a, a.id or 0, k, id),
    "preview": lambda s, a, k, f, id: preview_of(s, a, k, id),
    "look-up": lambda s, a, k, f, id: find_refs(s, a, k, ""),
    "timeline": lambda s, a, k, f, id: timeline_of(s, a, k, id),
    "form": lambda s, a, k, f, id: new_form(s, a, k, {}),
    "search": lambda s, a, k, f, id: documents(s, k, [id]) if k in SEARCHED else None,
    "dictionary": lambda s, a, k, f, id: (dictionary(s, a, k), dictionary_csv(s, a)),
    "a refused edit": lambda s, a, k, f, id: edit_field(s, a, k, id, f, "1", 1),
    "a refused cell": lambda s, a, k, f, id: edit_cell(s, a, k, id, f, "1", 1),
    "a delete": missed,
}


class Told(Exception):
    """Ends a transaction of which nothing is kept."""


def tell(way: Callable[..., Any], actor: Principal, *args: Any) -> str:
    """Everything that comes out this way, a refusal included; nothing of it is kept."""

    def ask(session: Session) -> None:
        try:
            raise Told(repr(way(session, actor, *args)))
        except KithError as refusal:
            raise Told(f"{refusal.message} {vars(refusal)}") from None

    with pytest.raises(Told) as told:
        db.write_sync(ask)
    return str(told.value)


def test_every_ruled_field_of_the_catalogue_has_a_case() -> None:
    ruled = {(k.name, f.name) for k in kinds() for f in k.fields}
    ruled |= {(k.name, f"{c.name}.{f.name}") for k in kinds() for c in k.children for f in c.fields}
    assert set(CASES) == set(FIELD_READ) & ruled


def prepared(name: str, field: str) -> tuple[int, int]:
    """A record with the secret, and the batch that brought it."""
    id = CASES[name, field].new()
    return id, given(name, field, id, 0)


def given(name: str, field: str, id: int, n: int) -> int:
    """The batch in which it got one of the values."""
    case = CASES[name, field]
    wish = Change(name, id, case.put(id, case.values[n]))
    return db.write_sync(lambda s: apply(s, SYSTEM, wish, source=case.source)).batch_id


def labels(name: str, field: str) -> set[str]:
    """How pages call the field."""
    parts = {f"{c.name}.{f.name}": f.label for c in kind(name).children for f in c.fields}
    return {(parts | {f.name: f.label for f in kind(name).fields})[field]}


@pytest.mark.parametrize(("name", "field"), list(CASES))
def test_only_who_may_read_it_learns_of_it(name: str, field: str) -> None:
    """By no way; no filter, order or group either, which would tell it by what is shown."""
    case, (id, batch) = CASES[name, field], prepared(name, field)
    boss = principal(make_user(role="administrator"), "administrator")
    others = [principal(make_user(role=role), role) for role in ROLES if role not in FIELD_READ[name, field]]
    told = {who.role: {way: tell(ask, who, name, field, id) for way, ask in WAYS.items()} for who in (boss, *others)}
    given(name, field, id, 1)
    filtered = json.dumps({"f": field, "op": "filled"})
    for who in others:
        told[who.role]["undo"] = tell(undo, who, batch)
        for asked in ({"f": filtered}, {"sort": field}, {"sort": f"-{field}"}, {"group": field}):
            with pytest.raises(KithError):
                db.read_sync(listed, who, name, asked)
        assert not any(label in told[who.role]["a delete"] for label in labels(name, field))
    shown = told.pop(boss.role)
    assert any(mark in shown["list"] + shown["timeline"] for mark in case.marks), "the marks are how the value reads"
    ways = [(role, way, text) for role, by_way in told.items() for way, text in by_way.items()]
    assert [leak for leak in ways if any(mark in leak[2] for mark in case.marks)] == []
