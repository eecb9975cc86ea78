"""Bulk runs: whole, in portions, resumed, cancelled, refused, undone."""

from typing import Any

import pytest
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.jobs.bulk import BulkRunner, next_run
from crm_app.records.bulk import bulk_progress, cancel_bulk, list_refusals, run_bulk, start_bulk, start_undo, unfinished
from crm_app.records.bulk.running import carry_on
from crm_app.records.bulk.start import MOST_RUNNING
from crm_app.tables import BulkRow, BulkRun, ChangeLog, Company, Person, RecordTag
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


def people(count: int, **values: Any) -> list[int]:
    wishes = [Change("person", set={"display_name": f"P{n:04}"} | values, op="create") for n in range(count)]
    return [a.id for a in db.write_sync(apply_many, SYSTEM, wishes)]


def titles_of(ids: list[int]) -> list[str]:
    return [row(Person, i)["title"] for i in ids]


def count(model: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(model).where(*conditions)
    return db.read_sync(lambda s: s.connection().execute(query).scalar_one())


def start(actor: Any, kind: str, *args: Any, **more: Any) -> int:
    return db.write_sync(start_bulk, actor, kind, *args, **more)


def test_an_edit_is_one_batch_and_its_undo_brings_all_back(database_url: str) -> None:
    tag, ids = make("tag", name="big"), people(1203, title="old")
    run = run_bulk(start(SYSTEM, "person", ids, {"title": "new", "tags+": [tag]}))
    assert (run.status, run.total, run.done, run.changed, run.refused) == ("done", 1203, 1203, 1203, 0)
    assert set(titles_of(ids)) == {"new"} and count(RecordTag) == 1203
    assert count(ChangeLog, ChangeLog.batch_id == run.batch_id) == 1203  # pyright: ignore
    change("person", ids[5], SYSTEM, None, title="mine")
    back = run_bulk(db.write_sync(start_undo, SYSTEM, run.batch_id))
    assert (back.status, back.done, back.changed, back.refused) == ("done", 1203, 1203, 1)
    assert titles_of(ids) == ["mine" if n == 5 else "old" for n in range(1203)]
    assert count(RecordTag) == 0
    (kept,) = db.read_sync(list_refusals, SYSTEM, back.id)
    assert (kept.id, kept.title, kept.reason) == (ids[5], "P0005", "title was changed since.")
    assert db.read_sync(differences) == []


def test_a_killed_run_goes_on_where_it_was(database_url: str) -> None:
    ids = people(90)
    run_id = start(SYSTEM, "person", ids, {"title": "new"})
    db.write_sync(carry_on, run_id, 40)

    def killed(session: Any) -> None:
        carry_on(session, run_id, 40)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        db.write_sync(killed)
    assert titles_of(ids).count("new") == 40
    assert db.read_sync(next_run) == run_id
    done = run_bulk(run_id)
    assert (done.done, done.changed) == (90, 90) and set(titles_of(ids)) == {"new"}
    assert {row(Person, i)["version"] for i in ids} == {2}
    assert run_bulk(run_id) == done and db.read_sync(next_run) is None


def test_the_runner_does_what_was_left_behind(database_url: str) -> None:
    ids = people(30)
    run_id = start(SYSTEM, "person", ids, {"title": "new"})
    runner = BulkRunner()
    runner.start()
    try:
        while not db.read_sync(bulk_progress, SYSTEM, run_id).is_over:
            runner._wake.wait(0.01)
    finally:
        runner.stop()
    assert set(titles_of(ids)) == {"new"}


def test_only_what_the_actor_may_edit_is_changed(database_url: str) -> None:
    me, other = make_user(), make_user()
    mine, theirs = people(3, owner_id=me), people(2, owner_id=other)
    actor = principal(me)
    run = run_bulk(start(actor, "person", [*mine, *theirs], {"title": "new"}))
    assert (run.changed, run.refused, run.done) == (3, 2, 5)
    assert titles_of(theirs) == ["", ""]
    refused = db.read_sync(list_refusals, actor, run.id)
    assert {r.id for r in refused} == set(theirs) and all("own" in r.reason for r in refused)
    with pytest.raises(NotFound):
        db.read_sync(bulk_progress, principal(other), run.id)
    with pytest.raises(Forbidden):
        start(principal(me, "support"), "person", mine, {"title": "x"})
    with pytest.raises(Refused):
        start(actor, "person", [999_999], {"title": "x"})


def test_a_condition_selects_what_stands_when_it_begins(database_url: str) -> None:
    ids = people(7, title="a")
    run_id = start(SYSTEM, "person", Person.title == "a", {"title": "b"})  # pyright: ignore
    late = people(1, title="a")
    assert run_bulk(run_id).changed == 7
    assert set(titles_of(ids)) == {"b"} and titles_of(late) == ["a"]


def test_a_value_that_does_not_hold_is_refused_row_by_row(database_url: str) -> None:
    ids = people(3)
    run = run_bulk(start(SYSTEM, "person", ids, {"lifecycle": "ghost"}))
    assert (run.status, run.changed, run.refused) == ("done", 0, 3)
    assert "must be one of" in db.read_sync(list_refusals, SYSTEM, run.id)[0].reason


def test_a_cancelled_run_stops_and_can_be_undone(database_url: str) -> None:
    ids = people(60)
    run_id = start(SYSTEM, "person", ids, {"title": "new"})
    with pytest.raises(Refused, match="still being made"):
        db.write_sync(start_undo, SYSTEM, db.read_sync(bulk_progress, SYSTEM, run_id).batch_id)
    db.write_sync(carry_on, run_id, 20)
    stopped = db.write_sync(cancel_bulk, SYSTEM, run_id)
    assert (stopped.status, stopped.done) == ("cancelled", 20)
    assert run_bulk(run_id).done == 20
    run_bulk(db.write_sync(start_undo, SYSTEM, stopped.batch_id))
    assert set(titles_of(ids)) == {""}


def test_nobody_begins_more_and_more_runs(sqlite_database: str) -> None:
    """Anybody may ask to undo any batch, and one of a million rows keeps the worker busy for long."""
    batch = db.write_sync(apply_many, SYSTEM, [Change("company", set={"name": "C"}, op="create")])[0].batch_id
    me, other = principal(make_user()), principal(make_user())
    first, *_ = [db.write_sync(start_undo, me, batch) for _ in range(MOST_RUNNING)]
    with pytest.raises(Refused, match="10 of your changes"):
        db.write_sync(start_undo, me, batch)
    with pytest.raises(Refused, match="10 of your changes"):
        start(me, "person", people(1, owner_id=me.id), {"title": "new"})
    db.write_sync(start_undo, other, batch)
    run_bulk(first)
    db.write_sync(start_undo, me, batch)


@pytest.mark.parametrize("change_of", [{"status": "disabled"}, {"role": "read-only"}])
def test_rights_that_are_taken_away_in_the_middle_bind_the_rest(database_url: str, change_of: dict[str, str]) -> None:
    me = make_user()
    ids = people(5, owner_id=me)
    run_id = start(principal(me), "person", ids, {"title": "new"})
    assert [r.id for r in db.read_sync(unfinished, principal(me))] == [run_id]
    db.write_sync(carry_on, run_id, 2)
    change("user", me, SYSTEM, None, **change_of)
    done = run_bulk(run_id)
    assert titles_of(ids) == ["new", "new", "", "", ""]
    if "status" in change_of:
        assert (done.status, done.done, done.refused) == ("cancelled", 2, 0)
    else:
        assert (done.status, done.changed, done.refused) == ("done", 2, 3)
        reasons = {r.reason for r in db.read_sync(list_refusals, SYSTEM, run_id)}
        assert reasons == {"The role Read only may not bulk-edit people."}


def test_delete_and_undo_take_companies_with_what_hangs_on_them(database_url: str) -> None:
    companies = [make_company() for _ in range(25)]
    workers = [make_person(company_id=c) for c in companies]
    run = run_bulk(start(SYSTEM, "company", companies, op="delete"))
    assert (run.changed, run.refused) == (25, 0)
    assert all(row(Company, c)["deleted_at"] for c in companies)
    assert {row(Person, w)["company_id"] for w in workers} == {None}
    run_bulk(db.write_sync(start_undo, SYSTEM, run.batch_id))
    assert [row(Person, w)["company_id"] for w in workers] == companies
    assert db.read_sync(differences) == []


def test_undo_of_a_creation_leaves_what_others_need(database_url: str) -> None:
    wishes = [Change("company", set={"name": f"C{n}"}, op="create") for n in range(5)]
    made = db.write_sync(apply_many, SYSTEM, wishes)
    make_person(display_name="Eve", company_id=made[2].id)
    back = run_bulk(db.write_sync(start_undo, SYSTEM, made[0].batch_id))
    assert (back.changed, back.refused) == (4, 1)
    assert [bool(row(Company, a.id)["deleted_at"]) for a in made] == [True, True, False, True, True]
    (kept,) = db.read_sync(list_refusals, SYSTEM, back.id)
    assert kept.id == made[2].id and "used elsewhere" in kept.reason


def test_what_stands_in_the_way_is_named_to_those_alone_who_may_see_it(database_url: str) -> None:
    """Anybody may ask to undo any batch: the answer names no record that is hidden from them."""
    me, other = principal(make_user()), make_user()
    pipeline = make_pipeline()
    deal = {"title": "Zebra contract", "stage_id": pipeline[1]["Engaging"], "currency": "USD", "owner_id": other}
    wishes = [
        Change("company", set={"name": "Acme", "owner_id": other}, op="create"),
        Change("deal", set=deal, op="create"),
    ]
    acme, zebra = (made := db.write_sync(apply_many, SYSTEM, wishes))
    make("quote", title="Zebra quote", owner_id=other, deal_id=zebra.id)
    make_deal(pipeline, title="Zebra again", owner_id=other, company_id=acme.id)
    make_deal(pipeline, title="My own", owner_id=me.id, company_id=acme.id)
    told = {}
    for who in (SYSTEM, me):
        run = run_bulk(db.write_sync(start_undo, who, made[0].batch_id))
        told[who.id] = {(r.kind, r.title): r.reason for r in db.read_sync(list_refusals, who, run.id)}
    assert "Quote: Q" in told[None]["deal", "Zebra contract"]
    assert "(Deal: My own; something that you may not see)" in told[me.id]["company", "Acme"]
    assert told[me.id]["deal", ""] == NotFound().message, "nor is it told that a hidden record is used"
    renamed = change("deal", zebra.id, title="Zebra deal")
    change("deal", zebra.id, title="Zebra contract")
    run = run_bulk(db.write_sync(start_undo, me, renamed))
    reasons = [r.reason for r in db.read_sync(list_refusals, me, run.id)]
    assert reasons == [NotFound().message], "nor that it was changed since"


def test_one_unique_value_goes_to_one_record_only(database_url: str) -> None:
    users = [make_user() for _ in range(3)]
    run = run_bulk(start(SYSTEM, "user", users, {"email": "one@example.org"}))
    assert (run.changed, run.refused) == (1, 2)
    assert count(BulkRow, BulkRow.row_no < 0) == 2 and count(BulkRun) == 1  # pyright: ignore
