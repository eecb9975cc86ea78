"""Checks on a schedule: one task for each reader, never a second one while it is open, closed when nothing is left."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from crm_app.core import clock, db
from crm_app.core.changes import outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.quality.checks import running
from crm_app.quality.checks.running import run_due
from crm_app.quality.queries.settings import list_checks
from crm_app.quality.rules.schedule import slot_of
from crm_app.quality.service import delete_check, run_now, save_check
from crm_app.records.address import own_link
from crm_app.records.list_screen.queries import list_screen
from crm_app.tables import Activity, QualityRun
from tests.quality.world import World
from tests.support.builders import change

usefixtures = pytest.mark.usefixtures("database_url")
CHECK = {"name": "E-mails", "what": "person.email", "schedule": "weekly", "goes_to": "owner", "active": "on"}


def tasks() -> list[Any]:
    table = table_of(Activity)
    query = select(table).where(table.c.type == "task", table.c.deleted_at.is_(None)).order_by(table.c.id)
    return db.read_sync(lambda s: list(s.connection().execute(query)))


def runs() -> list[Any]:
    table = table_of(QualityRun)
    return db.read_sync(lambda s: list(s.connection().execute(select(table).order_by(table.c.at))))


def make_check(world: World, **texts: str) -> int:
    return db.write_sync(save_check, world.actor(world.admin), 0, CHECK | texts).id


def wrong_mails(world: World) -> Counter[int | None]:
    return Counter(one["owner_id"] for one in world.people if "person.email" in world.gaps(one))


def mend(world: World, owner: int | None) -> None:
    for one in world.people:
        if one["owner_id"] == owner:
            change("person", one["id"], emails=[])
            one["emails"] = []
    outbox.drain_all()


@usefixtures
def test_each_owner_gets_one_task_that_opens_exactly_what_is_theirs() -> None:
    world = World()
    expected = wrong_mails(world)
    make_check(world)
    assert run_due() == 1 and run_due() == 0
    found = {t.owner_id: t for t in tasks()}
    assert set(found) == {owner for owner in expected if owner is not None} == set(world.sellers)
    for owner, task in found.items():
        assert task.subject == f"E-mails: {expected[owner]} people to fix"
        parts = urlsplit(own_link(task.body))
        shown = db.read_sync(list_screen, world.actor(owner), "person", dict(parse_qsl(parts.query)))
        assert parts.path == "/people" and shown.count == expected[owner]
    assert [(r.found, r.opened, r.closed) for r in runs()] == [(sum(expected.values()), len(found), 0)]


@usefixtures
def test_an_open_task_is_renewed_a_done_one_followed_and_nothing_left_closes_it() -> None:
    world = World()
    admin, check = world.actor(world.admin), make_check(world)
    run_due()
    before = {t.owner_id: t for t in tasks()}
    seller = world.sellers[0]
    some = next(one for one in world.people if one["owner_id"] == seller and "person.email" in world.gaps(one))
    change("person", some["id"], emails=[])
    outbox.drain_all()
    assert db.write_sync(run_now, admin, check)["updated"] == 1
    after = {t.owner_id: t for t in tasks()}
    assert [t.id for t in after.values()] == [t.id for t in before.values()]
    assert after[seller].subject != before[seller].subject
    assert db.write_sync(run_now, admin, check)["updated"] == 0  # nothing new to say
    change("activity", after[seller].id, done_at=now())
    assert db.write_sync(run_now, admin, check)["opened"] == 1
    assert len([t for t in tasks() if t.owner_id == seller]) == 2
    mend(world, seller)
    assert db.write_sync(run_now, admin, check)["closed"] == 1
    last = [t for t in tasks() if t.owner_id == seller][-1]
    assert last.done_at is not None and "Nothing is left" in last.body


@usefixtures
def test_managers_and_one_person_can_be_told() -> None:
    world = World()
    change("team", world.teams[0], manager_id=world.manager)
    expected = wrong_mails(world)
    make_check(world, name="For managers", goes_to="manager", person_id=str(world.admin))
    make_check(world, name="For one", goes_to="person", person_id=str(world.admin))
    run_due()
    subjects = {(t.owner_id, t.subject) for t in tasks()}
    mine = sum(expected[seller] for seller in world.sellers[:2])
    rest = sum(expected.values()) - mine  # the other team has no manager, and some are nobody's
    assert subjects == {
        (world.manager, f"For managers: {mine} people to fix"),
        (world.admin, f"For managers: {rest} people to fix"),
        (world.admin, f"For one: {sum(expected.values())} people to fix"),
    }
    for task in tasks():
        query = dict(parse_qsl(urlsplit(own_link(task.body)).query))
        count = int(task.subject.split(": ")[1].split()[0])
        assert db.read_sync(list_screen, world.actor(task.owner_id), "person", query).count == count


@usefixtures
def test_what_was_given_wrong_is_said_beside_it() -> None:
    world = World()
    admin = world.actor(world.admin)

    def refused(**texts: str) -> dict[str, str]:
        with pytest.raises(Invalid) as wrong:
            db.write_sync(save_check, admin, 0, CHECK | texts)
        return wrong.value.fields

    assert set(refused(name=" ", what="nonsense", goes_to="person")) == {"name", "what", "person_id"}
    assert "no filter" in refused(what="/people")["what"]
    assert "leave out" in refused(what='/people?f={"f":"owner_id","op":"is","v":["me"]}')["what"]
    assert "cannot be read" in refused(what="/people?f={")["what"]
    assert set(refused(schedule="hourly")) == {"schedule"}
    assert set(refused(evil="1")) == {"evil"}
    for user in (world.manager, world.sellers[0]):
        with pytest.raises(Forbidden):
            db.write_sync(save_check, world.actor(user), 0, CHECK)
        with pytest.raises(Forbidden):
            db.read_sync(list_checks, world.actor(user))
    check = make_check(world, what='/people?f={"f":"last_name","op":"is","v":"Last 1"}&sort=title')
    with pytest.raises(Forbidden):
        db.write_sync(run_now, world.actor(world.manager), check)
    assert db.write_sync(run_now, admin, check)["found"] == 1
    row = db.read_sync(list_checks, admin)[0]
    assert row.what == "People: Last name is Last 1" and "by hand" in row.last
    db.write_sync(delete_check, admin, check)
    with pytest.raises(NotFound):
        db.write_sync(run_now, admin, check)
    assert run_due() == 0


@usefixtures
def test_a_check_that_fails_says_so_and_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    make_check(world)

    def broken(*_: Any) -> Any:
        raise Invalid({"filter": "There is no field 'gone' to filter by."})

    real = running.listing_of_check
    monkeypatch.setattr(running, "listing_of_check", broken)
    assert run_due() == 1 and run_due() == 1
    assert [r.error for r in runs()] == ["There is no field 'gone' to filter by."] and tasks() == []
    monkeypatch.setattr(running, "listing_of_check", real)
    assert run_due() == 1 and run_due() == 0
    assert [r.error for r in runs()] == [""] and len(tasks()) == len(world.sellers)


@usefixtures
def test_a_schedule_runs_once_in_each_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for schedule in ("daily", "weekly", "monthly"):
        make_check(world, name=schedule, schedule=schedule)
    ran = []
    start = datetime(2026, 11, 28, 12, tzinfo=now().tzinfo)  # a Saturday
    for days in range(5):
        monkeypatch.setattr(clock, "pretended", lambda days=days: start + timedelta(days))
        ran.append(run_due())
        assert run_due() == 0
    assert ran == [3, 1, 2, 2, 1]  # Monday begins a week, Tuesday a month


def test_slots_by_hand() -> None:
    assert slot_of("daily", date(2026, 1, 1)) == "2026-01-01"
    assert slot_of("weekly", date(2026, 1, 1)) == slot_of("weekly", date(2025, 12, 29)) == "2026-W01"
    assert slot_of("monthly", date(2026, 1, 31)) == "2026-01"
