"""Marks and gaps follow the records, and equal what plain Python works out over the rows."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import outbox, undo
from crm_app.core.changes.working import table_of
from crm_app.quality.following import RECOUNT
from crm_app.quality.marks import refresh_all
from crm_app.quality.rules.catalogue import KINDS, RULES
from crm_app.records.bulk import run_bulk, running
from crm_app.records.listing import fields_of, list_count, list_page, read_listing
from crm_app.tables import BulkRun, QualityGap, QualityMark
from tests.quality.world import World
from tests.support.builders import change, make, make_person

pytestmark = pytest.mark.usefixtures("database_url")


def gaps(kind: str, id: int | None = None) -> set[tuple[int, str]]:
    table = table_of(QualityGap)
    query = select(table.c.record_id, table.c.rule).where(table.c.kind == kind)
    if id is not None:
        query = query.where(table.c.record_id == id)
    return {(row[0], row[1]) for row in db.read_sync(lambda s: s.connection().execute(query).all())}


def mark(kind: str, id: int) -> Any:
    table = table_of(QualityMark)
    query = select(table).where(table.c.kind == kind, table.c.record_id == id)
    return db.read_sync(lambda s: s.connection().execute(query).first())


def test_all_gaps_are_those_worked_out_by_hand() -> None:
    world = World()
    assert gaps("person") == {(one["id"], rule) for one in world.people for rule in world.gaps(one)}
    whole = sum(rule.weight for rule in RULES if rule.kind == "person")
    weights = {rule.key: rule.weight for rule in RULES}
    for one in world.people:
        lacking = sum(weights[key] for key in world.gaps(one))
        assert mark("person", one["id"]).score == 100 * (whole - lacking) // whole
        assert mark("person", one["id"]).owner_id == one["owner_id"]


def test_a_change_an_undo_and_a_delete_are_followed() -> None:
    id = make_person(emails=[])
    outbox.drain_all()
    assert gaps("person", id) == {(id, "person.channel")}
    batch = change("person", id, emails=[{"value": "a@b.example"}])
    outbox.drain_all()
    assert gaps("person", id) == set() and mark("person", id).score == 100
    db.write_sync(undo, SYSTEM, batch)
    outbox.drain_all()
    assert gaps("person", id) == {(id, "person.channel")}
    db.write_sync(lambda s: _delete(s, id))
    outbox.drain_all()
    assert gaps("person", id) == set() and mark("person", id) is None


def _delete(session: Any, id: int) -> None:
    from crm_app.core.changes import Change, apply

    apply(session, SYSTEM, Change("person", id, op="delete"))


def test_counting_all_anew_changes_nothing_and_mends_what_was_lost() -> None:
    world = World()
    before = gaps("person") | gaps("deal") | gaps("company")
    db.write_sync(lambda s: s.connection().execute(table_of(QualityGap).delete()))
    assert refresh_all(step=7) == len(world.people) + len(world.deals) + len(world.firms)
    assert gaps("person") | gaps("deal") | gaps("company") == before


def going() -> list[int]:
    query = (
        select(col(BulkRun.id))
        .where(col(BulkRun.op) == RECOUNT, col(BulkRun.status) == "running")
        .order_by(col(BulkRun.id))
    )
    return list(db.read_sync(lambda s: s.scalars(query).all()))


def test_changed_rules_are_a_run_that_can_be_stopped_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_ROWS", 20)
    world = World()
    whole = gaps("person")
    change_rule = {"key": "person.channel", "name": "x", "weight": 40, "active": False}
    rule = make("quality_rule", **change_rule)
    outbox.drain_all()
    first = going()
    assert len(first) == len(KINDS)
    change("quality_rule", rule, weight=30)
    outbox.drain_all()
    assert not set(first) & set(going()), "a newer rule ends the run by the older one"
    people = going()[0]
    stopped = run_bulk(people, stop=lambda: True)
    assert (stopped.status, stopped.done) == ("running", 20), "one portion, then the worker was stopped"
    before = {id for id, key in gaps("person") if key == "person.channel"}
    assert run_bulk(people).done == len(world.people)
    assert before and gaps("person") == {(id, key) for id, key in whole if key != "person.channel"}
    for other in going():
        run_bulk(other)
    assert going() == []


def test_a_list_asks_for_what_is_to_be_fixed_and_shows_it() -> None:
    world = World()
    expected = Counter(rule for one in world.people for rule in world.gaps(one))
    for rule, count in expected.items():
        f = f'{{"f":"quality.rule","op":"is","v":["{rule}"]}}'
        fields = db.read_sync(fields_of, SYSTEM, "person")
        listing = read_listing("person", {"f": f, "cols": "quality.rule,quality.score,quality.entered_at"}, fields)
        assert db.read_sync(list_count, SYSTEM, listing) == count
        page = db.read_sync(list_page, SYSTEM, listing)
        assert all(row.cells[1].text and int(row.cells[2].text) < 100 and row.cells[3].text for row in page.rows)
        assert [c.editable for c in page.columns[1:]] == [False] * 3
