"""The dialog of an activity, one's day, and the next step of a deal."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from crm_app.activities import service
from crm_app.activities.inputs import read_activity
from crm_app.activities.queries.card import card_of, new_card
from crm_app.activities.queries.day import day_rows
from crm_app.activities.queries.next_step import next_offer, suggested_day
from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm_app.core.text import tel
from crm_app.tables import Activity, ActivityAttendee
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

MEETING = {"type": "meeting", "subject": "Kick-off", "day": "2026-07-01", "time": "15:30", "minutes": "45"}


def test_a_form_becomes_fields_of_the_writers_zone() -> None:
    found = read_activity(MEETING | {"remind": "15", "place": " Room 2 "}, "Europe/Berlin")
    assert found["due_at"].astimezone(UTC) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert (found["duration_minutes"], found["remind_minutes"], found["place"]) == (45, 15, "Room 2")
    whole = read_activity({"type": "task", "subject": "x", "day": "2026-07-01", "time": ""}, "Europe/Berlin")
    assert whole["all_day"] and whole["due_at"].astimezone(UTC) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    weekly = {"repeat": "weekly", "repeat_until": "2026-12-31", "repeat_times": ""}
    assert read_activity(MEETING | weekly, "UTC")["repeat"] == "FREQ=WEEKLY;UNTIL=20261231"
    assert read_activity(MEETING | {"repeat": "daily", "repeat_times": "5"}, "UTC")["repeat"] == "FREQ=DAILY;COUNT=5"
    kept = "FREQ=MONTHLY;BYDAY=1MO"
    assert read_activity(MEETING | {"repeat": "other"}, "UTC", kept)["repeat"] == kept


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"type": "party"}, "type"),
        ({"type": "task", "subject": " "}, "subject"),
        ({"day": "tomorrow"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": "", "time": "09:00"}, "day"),
        ({"minutes": "-3"}, "minutes"),
        ({"minutes": "an hour"}, "minutes"),
        ({"remind": "x"}, "remind"),
        ({"outcome": "fine"}, "outcome"),
        ({"priority": "urgent"}, "priority"),
        ({"repeat": "hourly"}, "repeat"),
        ({"repeat": "daily", "repeat_times": "0"}, "repeat"),
        ({"repeat": "daily", "repeat_until": "someday"}, "repeat"),
        ({"owner_id": "1; drop"}, "owner_id"),
        ({"attendees": "[{}]"}, "attendees"),
        ({"attendees": '[{"kind": "deal", "id": 1}]'}, "attendees"),
        ({"done_at": "2026-01-01"}, "done_at"),
    ],
)
def test_a_field_that_does_not_hold_is_named(values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_activity(MEETING | values, "UTC")
    assert field in refused.value.fields


def guests(id: int) -> dict[tuple[int | None, int | None], str]:
    def read(session: Session) -> dict[tuple[int | None, int | None], str]:
        found = session.exec(select(ActivityAttendee).where(ActivityAttendee.activity_id == id))
        return {(a.user_id, a.person_id): a.response for a in found}

    return db.read_sync(read)


def test_saved_shown_and_changed(database_url: str) -> None:
    me, colleague = make_user(zone="Europe/Berlin"), make_user(name="Noor Khalil")
    person = make_person(phones=[{"value": "+49 (30) 123-45", "is_primary": True}])
    actor = principal(me, zone="Europe/Berlin")
    asked = f'[{{"kind": "user", "id": {colleague}}}, {{"kind": "person", "id": {person}}}]'
    values = MEETING | {"person_id": str(person), "owner_id": str(me), "attendees": asked, "agenda": "Prices"}
    made = db.write_sync(service.save_activity, actor, 0, values)
    card = db.read_sync(card_of, actor, made.id)
    assert (card.day, card.time, card.minutes, card.agenda) == ("2026-07-01", "15:30", "45", "Prices")
    assert (card.guests[0].kind, card.guests[0].name) == ("user", "Noor Khalil")
    assert [(n.text, n.href) for n in card.numbers] == [("+49 30 12345", "tel:+493012345")]
    one = f'[{{"kind": "user", "id": {colleague}, "row": {card.guests[0].row}, "response": "none"}}]'
    db.write_sync(service.save_activity, actor, made.id, MEETING | {"attendees": one, "time": "16:00"}, card.version)
    assert guests(made.id) == {(colleague, None): "none"}
    with pytest.raises(Conflict):
        db.write_sync(service.save_activity, actor, made.id, MEETING | {"time": "17:00"}, card.version)


def test_a_call_with_an_outcome_has_been_made_and_a_note_has_no_dialog(database_url: str) -> None:
    me = principal(make_user())
    call = {"type": "call", "subject": "", "day": "", "time": "", "outcome": "no answer", "owner_id": str(me.id)}
    made = db.write_sync(service.save_activity, me, 0, call)
    assert row(Activity, made.id)["done_at"] is not None and row(Activity, made.id)["outcome"] == "no answer"
    planned = db.write_sync(service.save_activity, me, 0, call | {"outcome": "", "day": "2026-07-01"})
    assert row(Activity, planned.id)["done_at"] is None
    note = make("activity", type="note", body="x", owner_id=me.id)
    with pytest.raises(Invalid):
        db.read_sync(card_of, me, note)
    with pytest.raises(NotFound):
        db.read_sync(card_of, principal(make_user()), made.id)


def test_an_empty_dialog_starts_from_a_record_that_is_seen(database_url: str) -> None:
    me = make_user()
    deal = make_deal(make_pipeline(), owner_id=me, title="Lamps")
    card = db.read_sync(new_card, principal(me), {"deal_id": str(deal), "start": "2026-05-04T09:30", "type": "call"})
    assert (card.deal, card.day, card.time, card.type) == ("Lamps", "2026-05-04", "09:30", "call")
    with pytest.raises(NotFound):
        db.read_sync(new_card, principal(make_user()), {"deal_id": str(deal)})


def test_put_off_keeps_the_hour_and_the_week_begins_on_monday(database_url: str) -> None:
    me = principal(make_user(), zone="UTC")
    id = make("activity", type="task", subject="x", owner_id=me.id, due_at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC))
    today = now().date()
    db.write_sync(service.put_off, me, id, "tomorrow", 1)
    assert row(Activity, id)["due_at"] == datetime.combine(today + timedelta(days=1), time(9, 30), UTC)
    db.write_sync(service.put_off, me, id, "week")
    due = row(Activity, id)["due_at"]
    assert due.weekday() == 0 and timedelta(0) < due.date() - today <= timedelta(days=7)
    db.write_sync(service.put_off, me, id, "2031-02-03")
    assert row(Activity, id)["due_at"] == datetime(2031, 2, 3, 9, 30, tzinfo=UTC)
    for nonsense in ("someday", "0001-01-01", ""):
        with pytest.raises(Invalid):
            db.write_sync(service.put_off, me, id, nonsense)


def test_ones_day_in_three_sections(database_url: str) -> None:
    me, other = make_user(), make_user()
    company = make_company(name="Cancity", phone="030 123")
    today = now().replace(hour=12, minute=0, second=0, microsecond=0)

    def plan(subject: str, days: int, **values: object) -> int:
        due = today + timedelta(days=days)
        return make("activity", **{"type": "task", "subject": subject, "owner_id": me, "due_at": due} | values)

    plan("Late", -3, priority="high", company_id=company)
    plan("Now", 0, repeat="FREQ=DAILY")
    plan("Soon", 3)
    plan("Far", 8)
    plan("Finished", 0, done_at=now())
    plan("Of another", 0, owner_id=other)
    plan("Asked", 1, type="meeting", owner_id=other, attendees=[{"user_id": me}])
    rows = db.read_sync(day_rows, principal(me, zone="UTC"))
    assert [(r.subject, r.section) for r in rows] == [
        ("Late", "overdue"),
        ("Now", "today"),
        ("Asked", "week"),
        ("Soon", "week"),
    ]
    assert (rows[0].due, rows[0].tone, rows[0].priority, rows[0].phone_href) == (
        "3 days late",
        "r",
        "high",
        "tel:030123",
    )
    assert rows[1].repeats == "Every day" and [r.can_edit for r in rows] == [True, True, False, True]


def test_the_next_step_is_asked_for_only_where_none_is_planned(database_url: str) -> None:
    me = make_user()
    pipeline = make_pipeline()
    deal = make_deal(pipeline, owner_id=me, title="Lamps", person_id=make_person())
    actor = principal(me)

    def step(**values: object) -> int:
        return make("activity", **{"type": "call", "owner_id": me, "deal_id": deal, "due_at": now()} | values)

    first, second = step(), step()
    assert db.read_sync(next_offer, actor, first).deal_id == 0  # it is not done
    change("activity", first, done_at=now())
    assert db.read_sync(next_offer, actor, first).deal_id == 0  # another one is planned
    change("activity", second, done_at=now())
    offer = db.read_sync(next_offer, actor, second)
    assert (offer.deal_id, offer.deal, offer.type) == (deal, "Lamps", "call")
    assert date.fromisoformat(offer.day) > now().date()
    with pytest.raises(Invalid):
        db.write_sync(service.plan_next, actor, deal, {"type": "call", "day": ""})
    made = db.write_sync(service.plan_next, actor, deal, {"type": "call", "subject": "", "day": offer.day})
    assert row(Activity, made.id)["person_id"] is not None
    assert db.read_sync(next_offer, actor, second).deal_id == 0
    change("activity", made.id, done_at=now())
    change("deal", deal, stage_id=pipeline[1]["Won"], value_minor=100, closed_on=now().date())
    assert db.read_sync(next_offer, actor, made.id).deal_id == 0  # nothing is asked of a deal that is over
    with pytest.raises((NotFound, Forbidden)):
        db.write_sync(service.plan_next, principal(make_user()), deal, {"type": "call", "day": "2030-01-01"})


def test_a_week_from_now_is_never_a_weekend() -> None:
    for day in range(1, 15):
        found = suggested_day(date(2026, 6, day))
        assert found.weekday() < 5 and 7 <= (found - date(2026, 6, day)).days <= 9


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("+49 (30) 123-45", "tel:+493012345"),
        ("030 / 12 34 5", "tel:03012345"),
        ("020 7946 0000 ext. 12", "tel:02079460000"),
        ("555-1234 x5", "tel:5551234"),
        ("none", ""),
        ("", ""),
    ],
)
def test_numbers_are_links_that_call(number: str, link: str) -> None:
    assert tel(number) == link
