"""The calendar: local times of whoever looks, whole days, what comes again, and of others only that they are busy."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from crm_app.activities import service
from crm_app.activities.queries.calendar import Span, calendar_of
from crm_app.activities.rows import Entry, Month
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeBatch
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm_app.tables import Activity, ActivityAttendee
from tests.support.builders import change, make, make_user, principal, row

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def utc(*parts: int) -> datetime:
    year, month, day, *clock = parts
    return datetime(year, month, day, *clock, tzinfo=UTC)  # pyright: ignore


def seen(actor: Principal, first: date, last: date, *who: int) -> Month:
    return db.read_sync(calendar_of, actor, who or [actor.id or 0], Span.of(first, last, actor.zone))


def entries(actor: Principal, first: date, last: date, *who: int) -> list[Entry]:
    return seen(actor, first, last, *who).entries


def activity(owner: int, due: datetime, **values: object) -> int:
    return make("activity", **{"type": "meeting", "subject": "Plan", "owner_id": owner, "due_at": due} | values)


def test_times_are_local_to_whoever_looks_also_on_days_when_the_clock_changes(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    # 29 March 2026: the clock goes from 02:00 to 03:00; 25 October: from 03:00 back to 02:00
    activity(me, utc(2026, 3, 29, 0, 30), duration_minutes=120)
    activity(me, utc(2026, 10, 25, 0, 30), duration_minutes=120)
    actor = principal(me, zone=BERLIN)
    spring, autumn = (date(2026, 3, 29), date(2026, 10, 25))
    (one,) = entries(actor, spring, spring + timedelta(days=1))
    (two,) = entries(actor, autumn, autumn + timedelta(days=1))
    assert (one.start, one.end) == ("2026-03-29T01:30:00", "2026-03-29T04:30:00")
    assert (two.start, two.end) == ("2026-10-25T02:30:00", "2026-10-25T03:30:00")
    (abroad,) = entries(principal(me, zone=NEW_YORK), date(2026, 3, 28), date(2026, 3, 29))
    assert (abroad.start, abroad.end) == ("2026-03-28T20:30:00", "2026-03-28T22:30:00")


def test_a_day_with_23_hours_is_a_whole_day_and_holds_what_touches_it(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    actor, day = principal(me, zone=BERLIN), date(2026, 3, 29)
    midnight = datetime(2026, 3, 29, tzinfo=ZoneInfo(BERLIN))
    activity(me, midnight, all_day=True, subject="Fair", duration_minutes=2880)
    activity(me, utc(2026, 3, 28, 22, 30), subject="Over midnight", duration_minutes=60)
    activity(me, utc(2026, 3, 28, 21), subject="Ends before", duration_minutes=60)
    activity(me, utc(2026, 3, 29, 22), subject="Next day")
    found = {e.title: (e.start[:10], e.end[:10]) for e in entries(actor, day, day + timedelta(days=1))}
    assert found == {"Fair": ("2026-03-29", "2026-03-31"), "Over midnight": ("2026-03-28", "2026-03-29")}
    (fair,) = [e for e in entries(principal(me, zone=NEW_YORK), day, day + timedelta(days=1)) if e.all_day]
    assert (fair.start[:10], fair.end[:10]) == ("2026-03-29", "2026-03-31")  # a day is the same day everywhere


def test_what_repeats_keeps_the_hour_of_its_owner_and_is_moved_as_a_whole_only(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    first = activity(me, utc(2026, 3, 16, 9), repeat="FREQ=WEEKLY", duration_minutes=45)
    found = entries(principal(me, zone=BERLIN), date(2026, 3, 1), date(2026, 4, 10))
    assert [e.start for e in found] == [f"2026-{d}T10:00:00" for d in ("03-16", "03-23", "03-30", "04-06")]
    assert [(e.id, e.movable) for e in found] == [(first, True), (first, False), (first, False), (first, False)]
    assert len({e.key for e in found}) == 4
    # New York changes its clock three weeks earlier than Berlin
    abroad = entries(principal(me, zone=NEW_YORK), date(2026, 3, 1), date(2026, 4, 10))
    assert [e.start[11:16] for e in abroad] == ["05:00", "05:00", "04:00", "04:00"]
    change("activity", first, done_at=utc(2026, 3, 16, 10))
    later = entries(principal(me, zone=BERLIN), date(2026, 3, 1), date(2026, 3, 20))
    assert [(e.start[:10], e.tone) for e in later] == [("2026-03-16", "done")]


def test_of_what_one_may_not_see_only_that_somebody_is_busy(database_url: str) -> None:
    me, colleague = make_user(), make_user(name="Noor Khalil")
    activity(colleague, utc(2026, 5, 4, 9), subject="Secret merger", place="Room 9", agenda="Sell it")
    activity(colleague, utc(2026, 5, 4, 11), subject="Secret task", type="task")
    activity(colleague, utc(2026, 5, 4, 13), subject="Open to me", attendees=[{"user_id": me}])
    day = (date(2026, 5, 4), date(2026, 5, 5))
    month = seen(principal(me), *day, me, colleague)
    assert "Secret" not in repr(month) and "Room 9" not in repr(month)
    assert [(e.title, e.id == 0, e.movable, e.start[11:16]) for e in month.entries] == [
        ("Busy", True, False, "09:00"),
        ("Open to me", False, False, "13:00"),
    ]
    assert month.entries[0].who == "Noor Khalil"
    assert [e.title for e in entries(principal(me), *day)] == ["Open to me"]
    assert len(entries(principal(me, "administrator"), *day, colleague)) == 3


def test_who_declined_is_not_shown_and_an_unknown_colleague_is_nobody(database_url: str) -> None:
    me, host = make_user(), make_user()
    activity(host, utc(2026, 5, 4, 9), attendees=[{"user_id": me, "response": "declined"}])
    assert entries(principal(me), date(2026, 5, 4), date(2026, 5, 5)) == []
    assert entries(principal(me), date(2026, 5, 4), date(2026, 5, 5), 999_999_999) == []


def test_a_crowded_day_is_cut_in_a_month_and_counted(database_url: str) -> None:
    me = make_user()
    for n in range(20):
        activity(me, utc(2026, 5, 4, 9, n))
    month = seen(principal(me), date(2026, 4, 27), date(2026, 6, 8))
    assert len(month.entries) == 15 and month.hidden == {"2026-05-04": 5}
    assert len(entries(principal(me), date(2026, 5, 4), date(2026, 5, 11))) == 20


def test_what_is_done_without_a_plan_and_what_lasts_for_weeks(database_url: str) -> None:
    me = make_user()
    make("activity", type="call", subject="Rang", owner_id=me, done_at=utc(2026, 5, 4, 9))
    make("activity", type="note", body="Seen", owner_id=me, done_at=utc(2026, 5, 4, 9))
    activity(me, utc(2026, 4, 20), subject="Leave", all_day=True, duration_minutes=30 * 1440)
    found = entries(principal(me), date(2026, 5, 4), date(2026, 5, 5))
    assert [(e.title, e.tone, e.all_day) for e in found] == [("Leave", "", True), ("Rang", "done", False)]


def test_a_drop_moves_and_a_resize_lasts_as_long_as_really_passes(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    actor = principal(me, zone=BERLIN)
    id = activity(me, utc(2026, 3, 27, 9), duration_minutes=60)
    db.write_sync(service.move_activity, actor, id, "2026-03-29T01:00:00", "", False, 1)
    moved = row(Activity, id)
    assert (moved["due_at"], moved["duration_minutes"]) == (utc(2026, 3, 29, 0), 60)
    db.write_sync(
        service.move_activity, actor, id, "2026-03-29T01:00:00", "2026-03-29T04:00:00", False, moved["version"]
    )
    assert row(Activity, id)["duration_minutes"] == 120  # an hour of that night does not exist
    version = row(Activity, id)["version"]
    db.write_sync(service.move_activity, actor, id, "2026-03-30", "", True, version)
    assert row(Activity, id)["all_day"] and row(Activity, id)["due_at"] == utc(2026, 3, 29, 22)


def test_a_move_of_what_somebody_else_moved_is_refused_and_nothing_changes(database_url: str) -> None:
    me = make_user()
    id = activity(me, utc(2026, 5, 4, 9))
    db.write_sync(service.move_activity, principal(me), id, "2026-05-05T09:00:00", "", False, 1)
    with pytest.raises(Conflict):
        db.write_sync(service.move_activity, principal(me), id, "2026-05-06T09:00:00", "", False, 1)
    assert row(Activity, id)["due_at"] == utc(2026, 5, 5, 9)
    with pytest.raises(NotFound):
        db.write_sync(service.move_activity, principal(make_user()), id, "2026-05-06T09:00:00", "", False, 2)


@pytest.mark.parametrize("start", ["", "soon", "2026-13-01T00:00:00", "9999-12-31T23:00:00", "2026-05-05T25:00:00"])
def test_a_time_that_is_none_is_refused(sqlite_database: str, start: str) -> None:
    me = make_user()
    id = activity(me, utc(2026, 5, 4, 9))
    with pytest.raises(Invalid):
        db.write_sync(service.move_activity, principal(me), id, start, "", False, 1)
    with pytest.raises(Invalid):
        db.write_sync(service.move_activity, principal(me), id, "2026-05-05T09:00:00", "2026-05-05T08:00:00", False, 1)


def test_who_is_asked_answers_for_oneself_and_changes_nothing_else(database_url: str) -> None:
    host, me, other = make_user(), make_user(), make_user()
    id = activity(host, utc(2026, 5, 4, 9), attendees=[{"user_id": me}, {"user_id": other}])
    done = db.write_sync(service.answer_invitation, principal(me), id, "accepted")

    def answers(session: Session) -> dict[int | None, str]:
        found = session.exec(select(ActivityAttendee).where(ActivityAttendee.activity_id == id))
        return {a.user_id: a.response for a in found}

    def author(session: Session) -> int | None:
        batch = session.get(ChangeBatch, done.batch_id)
        return batch.actor_id if batch else None

    assert db.read_sync(answers) == {me: "accepted", other: "none"}
    assert db.read_sync(author) == me
    with pytest.raises((Forbidden, NotFound)):
        db.write_sync(service.finish_activity, principal(me), id, done=True)
    with pytest.raises(NotFound):
        db.write_sync(service.answer_invitation, principal(make_user()), id, "accepted")
    with pytest.raises(Invalid):
        db.write_sync(service.answer_invitation, principal(me), id, "perhaps")
