"""Every registered relation, one by one: a row that names the loser is where its rule says, and comes back exactly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from crm_app import wire
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Children, Field, kind, kinds
from crm_app.core.changes.forwarding import survivor_of
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.duplicates.merge.relations import Pointer, pointers_to
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.records.custom.fields import FIELDED
from crm_app.records.recent import note_view
from crm_app.tables import metadata
from tests.billing.builders import make_invoice, make_order, make_quote
from tests.duplicates.world import merge, whole
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_product,
    make_user,
    principal,
)

wire.wire()
MERGEABLE = [k.name for k in kinds() if k.mergeable]


@dataclass
class Ground:
    """What the rows that point need around them."""

    owner: int = field(default_factory=make_user)
    pipeline: Any = field(default_factory=make_pipeline)
    orders: list[int] = field(default_factory=list)
    made: int = 0

    def one(self, name: str) -> int:
        """A record of that kind that names nobody who is merged."""
        makers: dict[str, Callable[[], int]] = {
            "person": lambda: make_person(last_name=f"Alone{self.made}", owner_id=self.owner),
            "company": lambda: make_company(owner_id=self.owner),
            "deal": lambda: make_deal(self.pipeline),
            "activity": lambda: make("activity", type="call", subject="Call"),
            "file": lambda: make("file", name="a.txt", sha256="0" * 64),
            "quote": make_quote,
            "order": self._order,
            "invoice": lambda: make_invoice(self.orders.pop() if self.orders else make_order()),
            "territory": lambda: make("territory", name=f"North {self.made}"),
            "product": make_product,
            "price_book": lambda: make("price_book", name="Prices", currency="USD"),
        }
        assert name in makers, f"there is a new relation of the kind {name}: say here how one is made"
        self.made += 1
        return makers[name]()

    def _order(self) -> int:
        self.orders.append(make_order())
        return self.orders[-1]


def required(children: Children, but: str) -> dict[str, Any]:
    """The other fields that a row of this part must have."""
    given: dict[str, Any] = {"text": "x", "int": 1, "date": "2031-01-01"}
    return {
        f.name: f.choices[0] if f.choices else given[f.type] for f in children.fields if f.required and f.name != but
    }


def point(ground: Ground, pointer: Pointer, name: str, to: int) -> tuple[str, int]:
    """One row which names that record by this relation: its table and its id."""
    if pointer.field.name == MERGED:
        gone = ground.one(name)
        merge(name, to, gone)
        return table_of(pointer.kind.table).name, gone
    root = ground.one(pointer.kind.name)
    if pointer.children is None:
        more = {pointer.field.kind_field: name} if pointer.field.kind_field else {}
        change(pointer.kind.name, root, **{pointer.field.name: to} | more)
        return table_of(pointer.kind.table).name, root
    part = table_of(pointer.children.table)
    row = {pointer.field.name: to} | required(pointer.children, pointer.field.name)
    change(pointer.kind.name, root, **{pointer.children.name: [row]})
    mine = [r for r in rows(part.name) if r[pointer.children.parent] == root and r[pointer.field.name] == to]
    return part.name, mine[0]["id"]


def rows(name: str) -> list[dict[str, Any]]:
    """All of one table, as it is."""
    table = metadata.tables[name]
    read = select(table).order_by(*table.primary_key)
    return db.read_sync(lambda session: [dict(r) for r in session.connection().execute(read).mappings()])


def value(place: tuple[str, int], name: str) -> Any:
    """The field of a row, named by its table and its id."""
    return next(r[name] for r in rows(place[0]) if r["id"] == place[1])


@pytest.mark.parametrize("name", MERGEABLE)
def test_every_relation_is_where_its_rule_says_and_comes_back(database_url: str, name: str) -> None:
    ground = Ground()
    pointers = pointers_to(name)
    for pointer in pointers:
        survivor, loser = ground.one(name), ground.one(name)
        place = point(ground, pointer, name, loser)
        before = whole()
        assert value(place, pointer.field.name) == loser, pointer.name
        done = merge(name, survivor, loser)
        expected = {"move": survivor, "stay": loser}[pointer.field.on_merge]
        assert value(place, pointer.field.name) == expected, (pointer.kind.name, pointer.name)
        assert db.read_sync(survivor_of, name, loser) == survivor
        assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
        assert_same(before, f"{pointer.kind.name}.{pointer.name}")
    assert db.read_sync(differences) == []


@pytest.mark.parametrize("name", MERGEABLE)
def test_all_relations_at_once(sqlite_database: str, name: str) -> None:
    """A record that two relations of it name is changed once, and the parts of a kind stand in each other's way."""
    ground = Ground()
    survivor, losers = ground.one(name), [ground.one(name) for _ in range(2)]
    pointers = [p for p in pointers_to(name) for _ in losers]
    places = [(p, point(ground, p, name, loser)) for p, loser in zip(pointers, losers * len(pointers), strict=False)]
    before = whole()
    done = merge(name, survivor, *losers)
    for pointer, place in places:
        expected = {"move": [survivor], "stay": losers}[pointer.field.on_merge]
        assert value(place, pointer.field.name) in expected, (pointer.kind.name, pointer.name)
    assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
    assert_same(before, name)
    assert db.read_sync(differences) == []


def assert_same(before: dict[str, list[dict[str, Any]]], words: str) -> None:
    """Table by table, so that a failure says where."""
    for table, found in whole().items():
        assert found == before[table], (words, table)


def part_of(ground: Ground, children: Children, n: int) -> dict[str, Any]:
    """The nth of three different rows of this part, each field filled."""
    more: dict[str, Any] = {"tag_id": lambda: make("tag", name=f"tag {n}"), "user_id": lambda: ground.owner}
    more |= {"company_id": lambda: ground.one("company"), "other_id": lambda: ground.one("person")}
    plain: dict[str, Callable[[Field], Any]] = {
        "text": lambda f: f"+49 30 12345{n}" if f.holds == "phone" else f"{n}@example.org",
        "choice": lambda f: f.choices[n % len(f.choices)],
        "date": lambda f: f"2031-01-0{n + 1}",
        "int": lambda f: n,
        "bool": lambda f: n == 0,
    }
    written = [f for f in children.fields if f.editable]
    return {f.name: more[f.name]() if f.ref else plain[f.type](f) for f in written}


@pytest.mark.parametrize("name", MERGEABLE)
def test_every_part_is_joined_or_the_better_one_holds(sqlite_database: str, name: str) -> None:
    ground = Ground()
    for children in kind(name).children:
        part = table_of(children.table).name
        survivor, loser = ground.one(name), ground.one(name)
        joined = children.on_merge == "join"
        shared, own, theirs = (part_of(ground, children, n) for n in range(3))
        if children.key:
            change(name, survivor, **{f"{children.name}+": [shared[children.key], own[children.key]]})
            change(name, loser, **{f"{children.name}+": [shared[children.key], theirs[children.key]]})
        else:
            change(name, survivor, **{children.name: [shared, own] if joined else [own]})
            change(name, loser, **{children.name: [shared, theirs] if joined else [theirs]})
        before = whole()

        def said(id: int, children: Children = children, part: str = part) -> list[Any]:
            mine = [r for r in rows(part) if r[children.parent] == id and children.fixed.items() <= r.items()]
            return [children.sameness(r) if children.on_merge == "join" else r[children.fields[0].name] for r in mine]

        mine, other = said(survivor), said(loser)
        done = merge(name, survivor, loser)
        after = said(survivor)
        if joined:
            assert len(set(after)) == len(after) and set(mine) | set(other) <= set(after), children.name
        else:  # what was said later, see `part_of`
            assert after == other, children.name
        assert said(loser) == other, children.name
        assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
        assert_same(before, children.name)
    assert db.read_sync(differences) == []


@pytest.mark.parametrize("type_", MERGEABLE)
def test_custom_fields_that_name_one_stay_and_its_own_values_go_along(database_url: str, type_: str) -> None:
    ground = Ground()
    fields = {name: make("custom_field", kind=name, key="who", label="Who", type=type_) for name in FIELDED}
    own = make("custom_field", kind=type_, key="note", label="Note", type="text")
    survivor, loser = ground.one(type_), ground.one(type_)
    change(type_, loser, **{f"custom.{own}": "gold"})
    named = {name: ground.one(name) for name in FIELDED}
    for name, id in named.items():
        change(name, id, **{f"custom.{fields[name]}": loser})
    before = whole()
    done = merge(type_, survivor, loser)
    for name, id in named.items():
        place = (table_of(kind(name).table).name, id)
        assert value(place, "custom") == {str(fields[name]): loser}, f"{name}: read through the forwarding"
    assert value((type_, survivor), "custom") == {str(own): "gold"}
    assert [r["text"] for r in rows("custom_value") if r["record_id"] == survivor] == ["gold"]
    assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
    assert_same(before, type_)
    assert db.read_sync(differences) == []


@pytest.mark.parametrize("name", MERGEABLE)
def test_what_is_read_through_the_forwarding_is_not_written(sqlite_database: str, name: str) -> None:
    """A saved view that asks for the record, and who looked at it last."""
    ground = Ground()
    me: Principal = principal(ground.owner, "administrator")
    survivor, loser = ground.one(name), ground.one(name)
    asked = {"f": f'{{"f":"{name}_id","op":"is","v":["{loser}"]}}'}
    make("saved_view", name="Theirs", kind="deal", audience="private", owner_id=ground.owner, definition=asked)
    db.write_sync(note_view, me, name, loser)
    before = whole()
    done = merge(name, survivor, loser)
    after = whole()
    assert (after["saved_view"], after["recent_view"]) == (before["saved_view"], before["recent_view"])
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert_same(before, name)
