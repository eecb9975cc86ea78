"""Merge and unmerge are the identity on every record table, also with edits in between; the log replays to the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.duplicates.merge.service import merge_records
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.tables import Person
from tests.duplicates.world import LINKS, PERSON, World, few, snapshot
from tests.support.builders import change, make, row

PEOPLE = st.lists(PERSON, min_size=2, max_size=4)


@few
@given(people=PEOPLE, links=LINKS, losers=st.integers(1, 3))
def test_merge_then_unmerge_is_the_identity(
    database_url: str, people: list[dict[str, Any]], links: list[Any], losers: int
) -> None:
    world = World(people, links)
    before = snapshot()
    chosen = world.people[1 : 1 + losers]
    done = db.write_sync(merge_records, SYSTEM, "person", world.people[0], chosen)
    after = snapshot()
    living = {r["id"] for r in after["person"] if r["deleted_at"] is None}
    assert living >= set(world.people) - set(chosen) and not living & set(chosen)
    for table, column in (("deal", "person_id"), ("activity", "person_id"), ("quote", "person_id")):
        assert not [r for r in after[table] if r[column] in chosen]
    assert not [r for r in after["deal_contact"] + after["activity_attendee"] if r["person_id"] in chosen]
    assert not [r for r in after["file"] if r["kind"] == "person" and r["record_id"] in chosen]
    _nothing_of_the_parts_is_lost(before, after, world.people[0], chosen)
    assert db.read_sync(differences) == []
    back = db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert back.undone.kept == []
    assert snapshot() == before
    assert db.read_sync(differences) == []


def _nothing_of_the_parts_is_lost(before: Any, after: Any, survivor: int, losers: list[int]) -> None:
    """Counted by hand: every address of any of them stands at the survivor exactly once."""
    for table, fold in (("person_email", str.casefold), ("person_phone", _digits)):
        wanted = {fold(r["value"]) for r in before[table] if r["person_id"] in (survivor, *losers)}
        own = [fold(r["value"]) for r in before[table] if r["person_id"] == survivor]
        there = [fold(r["value"]) for r in after[table] if r["person_id"] == survivor]
        assert set(there) == wanted
        assert len(there) == len(wanted) + len(own) - len(set(own))  # what stood twice before still does
        assert [r for r in after[table] if r["person_id"] in losers] == [
            r for r in before[table] if r["person_id"] in losers
        ]


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit()).removeprefix("00")


EDIT = st.one_of(
    st.tuples(st.just("title"), st.sampled_from(("Chief", "Boss"))),
    st.tuples(st.just("email"), st.sampled_from(("new@example.org", "newer@example.org"))),
    st.tuples(st.just("activity"), st.just("")),
    st.tuples(st.just("subject"), st.just("Renamed")),
)


@few
@given(people=PEOPLE, links=LINKS, edits=st.lists(EDIT, max_size=5))
def test_edits_in_between_stay_and_the_rest_is_as_before(
    database_url: str, people: list[dict[str, Any]], links: list[Any], edits: list[tuple[str, str]]
) -> None:
    world = World(people, links)
    survivor, loser = world.people[:2]
    before = snapshot()
    done = db.write_sync(merge_records, SYSTEM, "person", survivor, [loser])
    merged = row(Person, survivor)
    truth = {name: {r["id"]: dict(r) for r in rows} for name, rows in before.items()}
    for what, value in edits:
        _edit(world, truth, before, survivor, merged, what, value)
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    now = {name: {r["id"]: r for r in rows} for name, rows in snapshot().items()}
    for values in (*truth.values(), *now.values()):  # last touch follows from the activities, the position from order
        for r in values.values():
            for name in ("last_touch_at", "position"):
                r.pop(name, None)
    assert now == truth
    assert db.read_sync(differences) == []


def _edit(world: World, truth: Any, before: Any, survivor: int, merged: dict[str, Any], what: str, value: str) -> None:
    """One edit by the system, and what the tables should hold at the end because of it."""
    if what == "title":
        change("person", survivor, title=value)
        original = next(r["title"] for r in before["person"] if r["id"] == survivor)
        truth["person"][survivor]["title"] = value if value != merged["title"] else original
    elif what == "email":
        change("person", survivor, emails=[*_emails(survivor), {"value": value, "label": "later"}])
        truth["person_email"] |= {r["id"]: r for r in _rows("person_email") if r["label"] == "later"}
    elif what == "activity":
        id = make("activity", type="note", subject="Later", person_id=survivor)
        truth["activity"][id] = next(r for r in _rows("activity") if r["id"] == id)
    else:
        for kind, id in world.links:
            if kind == "activity":
                change("activity", id, subject=value)
                truth["activity"][id]["subject"] = value


def _rows(table: str) -> list[dict[str, Any]]:
    return snapshot()[table]


def _emails(person: int) -> list[dict[str, Any]]:
    names = ("id", "value", "label", "is_primary")
    return [{n: r[n] for n in names} for r in _rows("person_email") if r["person_id"] == person]
