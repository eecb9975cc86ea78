"""Merge and unmerge are the identity on every table, also with edits in between; the log replays to the same."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, kind
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.duplicates.merge.relations import pointers_to
from crm_app.duplicates.merge.service import merge_records
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.records.editing import make_primary, remove_part
from tests.duplicates.world import DONE, World, few, snapshot, whole, worlds
from tests.support.builders import change, make

KINDS = pytest.mark.parametrize("name", ["person", "company"])
Tables = dict[str, list[dict[str, Any]]]


@KINDS
@few
@given(data=st.data(), losers=st.integers(1, 3))
def test_merge_then_unmerge_is_the_identity(database_url: str, name: str, data: st.DataObject, losers: int) -> None:
    world = World(*data.draw(worlds(name)))
    before = whole()
    survivor, chosen = world.ids[0], world.ids[1 : 1 + losers]
    done = db.write_sync(merge_records, SYSTEM, name, survivor, chosen)
    after = whole()
    living = {r["id"] for r in after[name] if r["deleted_at"] is None}
    assert living >= set(world.ids) - set(chosen) and not living & set(chosen)
    for pointer in (p for p in pointers_to(name) if p.field.on_merge == "move"):
        owner = pointer.children.parent if pointer.children else "id"
        rows = after[table_of(pointer.children.table if pointer.children else pointer.kind.table).name]
        same = [r for r in rows if pointer.field.kind_field == "" or r[pointer.field.kind_field] == name]
        gone = chosen if pointer.kind.name == name else ()  # what a tombstone says itself stays as it was
        assert not [r for r in same if r[pointer.field.name] in chosen and r[owner] not in gone], pointer.name
    _nothing_of_the_parts_is_lost(name, before, after, survivor, chosen)
    assert db.read_sync(differences) == []
    assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
    _same(whole(), before)
    assert db.read_sync(differences) == []


def _same(found: Tables, expected: Tables) -> None:
    """But for pairs that may be one, which others of this database take part in; the walk has them."""
    for table in found.keys() - {"duplicate_pair"}:
        assert found[table] == expected[table], table


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("/")


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit()).removeprefix("00")


PARTS = {
    "person": (
        ("person_email", "value", _folded),
        ("person_phone", "value", _digits),
        ("person_profile", "value", _folded),
        ("person_address", "street", _folded),
    ),
    "company": (("company_address", "street", _folded),),
}


def _nothing_of_the_parts_is_lost(name: str, before: Tables, after: Tables, survivor: int, losers: list[int]) -> None:
    """Counted by hand: every address of any of them stands at the survivor exactly once."""
    owner = f"{name}_id"
    for table, column, fold in PARTS[name]:
        wanted = {fold(r[column]) for r in before[table] if r[owner] in (survivor, *losers)}
        own = [fold(r[column]) for r in before[table] if r[owner] == survivor]
        there = [fold(r[column]) for r in after[table] if r[owner] == survivor]
        assert set(there) == wanted, table
        assert len(there) == len(wanted) + len(own) - len(set(own)), table  # what stood twice before still does
        assert [r for r in after[table] if r[owner] in losers] == [r for r in before[table] if r[owner] in losers]


EDITS = {
    "person": ("field", "part", "activity", "subject", "delete", "take own", "take new", "prefer new"),
    "company": ("field", "part", "activity", "subject", "delete", "take own", "take new"),
}
FIELD = {"person": ("language", ("de", "fr")), "company": ("price_segment", ("A", "B"))}
PART = {"person": ("emails", "value"), "company": ("addresses", "street")}
Truth = dict[str, dict[int, dict[str, Any]]]


@KINDS
@few
@given(data=st.data())
def test_edits_in_between_stay_and_the_rest_is_as_before(database_url: str, name: str, data: st.DataObject) -> None:
    """Every table of the catalogue; those beside it follow from these, as the other property shows."""
    given, edits = data.draw(worlds(name)), data.draw(st.lists(_edits(name), max_size=6))
    world = World(*given)
    edit = Edits(world, by_id(snapshot()))
    done = db.write_sync(merge_records, SYSTEM, name, world.ids[0], [world.ids[1]])
    edit.merged = by_id(snapshot())
    for what, n in edits:
        edit.do(what, n)
    edit.settle()
    kept = db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept
    assert len([line for line in kept if line.endswith("deleted since.")]) == edit.deleted
    now = by_id(snapshot())
    for table, rows in now.items():
        for id in rows.keys() | edit.truth[table].keys():
            assert rows.get(id) == edit.truth[table].get(id), table
    assert db.read_sync(differences) == []


def _edits(name: str) -> Any:
    return st.tuples(st.sampled_from(EDITS[name]), st.integers(0, 7))


def by_id(tables: Tables) -> Truth:
    return {table: {r["id"]: dict(r) for r in rows} for table, rows in tables.items()}


class Edits:
    """What people did after the merge, and what the tables should hold at the end because of it."""

    def __init__(self, world: World, before: Truth) -> None:
        self.world, self.name, self.survivor = world, world.name, world.ids[0]
        self.before, self.merged, self.truth = before, before, deepcopy(before)
        self.part, self.column = PART[self.name]
        self.children = kind(self.name).child_by_name[self.part]
        self.deleted = self.added = 0

    def do(self, what: str, n: int) -> None:
        """The nth of what there is to edit in this way, if there is any."""
        match what:
            case "field":
                field, values = FIELD[self.name]
                change(self.name, self.survivor, **{field: values[n % 2]})
            case "part":
                self.added += 1
                rows = [{c: r[c] for c in ("id", *self.children.by_name)} for r in self.parts()]
                rows.append({self.column: f"later{self.added}@example.org", "label": "later"})
                change(self.name, self.survivor, **{self.part: rows})
            case "activity":
                given = {f"{self.name}_id": self.survivor, "done_at": DONE[n % len(DONE)]}
                id = make("activity", type="note", subject="Later", **given)
                self.truth["activity"][id] = by_id(snapshot())["activity"][id]
            case "subject":
                for id in (i for k, i in self.world.links if k == "activity" and self.lives(k, i)):
                    change("activity", id, subject=f"Renamed {n}")
                    self.truth["activity"][id]["subject"] = f"Renamed {n}"
            case "delete":
                self.delete(*self.world.links[n % len(self.world.links)])
            case _:
                self.edit_part(what, n)

    def lives(self, name: str, id: int) -> bool:
        return self.truth[name][id]["deleted_at"] is None

    def delete(self, name: str, id: int) -> None:
        """It goes as it is after the merge, and says so afterwards if the merge had changed it."""
        if id in self.world.ids or not self.lives(name, id):
            return
        db.write_sync(apply, SYSTEM, Change(name, id, op="delete"))
        now = by_id(snapshot())
        owned = [("id", table_of(kind(name).table).name)]
        owned += [(c.parent, table_of(c.table).name) for c in kind(name).children]
        moved = False
        for column, table in owned:
            for i in {i for rows in (self.before, now) for i, r in rows[table].items() if r[column] == id}:
                moved |= self.before[table].get(i) != self.merged[table].get(i)
                self.truth[table].pop(i, None)
                self.truth[table] |= {i: now[table][i]} if i in now[table] else {}
        self.deleted += moved

    def parts(self) -> list[dict[str, Any]]:
        """The survivor's rows of the part that is edited, in their order."""
        found = by_id(snapshot())[table_of(self.children.table).name].values()
        return sorted((r for r in found if r[self.children.parent] == self.survivor), key=lambda r: r["position"])

    def came(self, row: dict[str, Any]) -> bool:
        """Did the merge make this row?"""
        table = table_of(self.children.table).name
        return row["id"] in self.merged[table] and row["id"] not in self.before[table]

    def edit_part(self, what: str, n: int) -> None:
        rows = [r for r in self.parts() if self.came(r) == what.endswith("new")]
        if rows:
            command = make_primary if what == "prefer new" else remove_part
            db.write_sync(command, SYSTEM, self.name, self.survivor, self.part, rows[n % len(rows)]["id"])

    def settle(self) -> None:
        """What follows: whose address is gone has the next one first, and a touch is the newest activity."""
        table = table_of(self.children.table).name
        rows = self.parts()
        stay = [r for r in rows if not self.came(r)]
        if stay and any(r.get("is_primary") for r in rows) and not any(r["is_primary"] for r in stay):
            stay[0]["is_primary"] = True
        others = {i: r for i, r in self.truth[table].items() if r[self.children.parent] != self.survivor}
        self.truth[table] = others | {r["id"]: r for r in stay}
        field = FIELD[self.name][0]
        now, merged = (t[self.name][self.survivor][field] for t in (by_id(snapshot()), self.merged))
        if now != merged:
            self.truth[self.name][self.survivor][field] = now
        for id, person in self.truth["person"].items():
            met = [r for r in self.truth["activity"].values() if r["person_id"] == id and r["deleted_at"] is None]
            person["last_touch_at"] = max((r["done_at"] for r in met if r["done_at"]), default=None)
