"""What repeats: finishing it makes the next one, once, in the same batch."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from crm_app.core import db
from crm_app.core.changes import Change, apply, undo
from crm_app.core.clock import now
from crm_app.core.errors import Invalid
from crm_app.tables import Activity, ActivityAttendee
from tests.support.builders import change, make, make_deal, make_person, make_pipeline, make_user, principal, row


def followers(id: int) -> list[Activity]:
    def read(session: Session) -> list[Activity]:
        found = session.exec(select(Activity).where(Activity.follows_id == id, Activity.deleted_at.is_(None)))  # pyright: ignore
        return [Activity(**a.model_dump()) for a in found]

    return db.read_sync(read)


def weekly(owner: int, due: datetime, **values: object) -> int:
    return make(
        "activity",
        **{"type": "task", "subject": "Report", "owner_id": owner, "due_at": due, "repeat": "FREQ=WEEKLY"} | values,
    )


def test_finishing_makes_the_next_with_all_that_is_as_before(database_url: str) -> None:
    me = make_user(zone="Europe/Berlin")
    deal, person = make_deal(make_pipeline(), owner_id=me), make_person()
    due = now().replace(microsecond=0) - timedelta(hours=2)
    given = {"deal_id": deal, "priority": "high", "remind_minutes": 15, "body": "All of it"}
    first = weekly(me, due, attendees=[{"person_id": person, "response": "accepted"}], **given)
    batch = change("activity", first, principal(me, zone="Europe/Berlin"), done_at=now())
    (following,) = followers(first)
    place = ZoneInfo("Europe/Berlin")
    local = due.astimezone(place).replace(tzinfo=None) + timedelta(days=7)
    assert following.due_at == local.replace(tzinfo=place).astimezone(UTC) and following.done_at is None
    assert {name: getattr(following, name) for name in given} == given and following.owner_id == me
    assert following.due_at and following.remind_at == following.due_at - timedelta(minutes=15)
    asked = db.read_sync(
        lambda s: s.exec(
            select(ActivityAttendee.person_id, ActivityAttendee.response).where(
                ActivityAttendee.activity_id == following.id
            )
        ).all()
    )
    assert asked == [(person, "none")]
    assert db.write_sync(undo, principal(me), batch).kept == []
    assert followers(first) == [] and row(Activity, first)["done_at"] is None


def test_twice_finished_or_opened_and_finished_again_is_followed_once(database_url: str) -> None:
    me = make_user()
    first = weekly(me, now())
    for moment in (now(), now(), None, now()):
        change("activity", first, principal(me), done_at=moment)
    assert len(followers(first)) == 1


def test_what_was_missed_is_not_made_up_for_and_a_series_ends(database_url: str) -> None:
    me = make_user()
    late = weekly(me, now() - timedelta(days=30), repeat="FREQ=DAILY")
    change("activity", late, principal(me), done_at=now())
    (following,) = followers(late)
    assert following.due_at is not None and following.due_at.date() >= now().date()
    ended = weekly(me, now() - timedelta(days=30), repeat="FREQ=DAILY;COUNT=3")
    change("activity", ended, principal(me), done_at=now())
    assert followers(ended) == []


def test_many_at_once_in_one_batch_and_history_starts_nothing(database_url: str) -> None:
    me = make_user()
    ids = [weekly(me, now()) for _ in range(3)]
    from crm_app.core.changes import apply_many

    wishes = [Change("activity", id, {"done_at": now()}, row_no=n + 1) for n, id in enumerate(ids)]
    done = db.write_sync(lambda s: apply_many(s, principal(me), wishes))
    assert [len(followers(id)) for id in ids] == [1, 1, 1] and len({d.batch_id for d in done}) == 1
    old = weekly(me, now())
    db.write_sync(
        lambda s: apply(s, principal(me, "administrator"), Change("activity", old, {"done_at": now()}), source="import")
    )
    assert followers(old) == []


def test_a_rule_that_cannot_be_kept_and_one_without_a_date_are_refused(sqlite_database: str) -> None:
    me = make_user()
    with pytest.raises(Invalid) as refused:
        make("activity", principal(me), type="task", subject="x", owner_id=me, due_at=now(), repeat="FREQ=HOURLY")
    assert "repeat" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        make("activity", principal(me), type="task", subject="x", owner_id=me, repeat="FREQ=DAILY")
    assert "due_at" in refused.value.fields


def test_when_to_remind_follows_the_date_and_an_undo(database_url: str) -> None:
    me = make_user()
    due = now() + timedelta(days=1)
    id = make("activity", type="call", owner_id=me, due_at=due, remind_minutes=30)
    stored = row(Activity, id)["remind_at"]
    assert stored == due - timedelta(minutes=30)
    batch = change("activity", id, principal(me), due_at=due + timedelta(days=1))
    assert row(Activity, id)["remind_at"] == due + timedelta(days=1, minutes=-30)
    db.write_sync(undo, principal(me), batch)
    assert row(Activity, id)["remind_at"] == stored
