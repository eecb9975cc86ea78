"""Calendar files out and in, read back by the libraries of others (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from sqlmodel import Session, select

from crm_app.activities.ics.feed import feed_of
from crm_app.activities.ics.importing import import_part, plan_import, start_import
from crm_app.activities.ics.links import link_of, make_link, reader_of, revoke_link
from crm_app.activities.ics.reading import MOST_EVENTS, read_calendar
from crm_app.activities.queries.calendar import Span, calendar_of
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, undo
from crm_app.core.clock import now, start_of, today
from crm_app.core.errors import Refused
from crm_app.tables import Activity, CalendarLink, User
from tests.support.builders import change, make, make_company, make_user, principal, row

BERLIN = "Europe/Berlin"
NASTY = 'Prices, terms; and \\ a "quote"\nsecond line – Ελληνικά 日本 ' + "very long " * 30


def feed(user_id: int) -> bytes:
    def read(session: Session) -> bytes:
        user = session.get(User, user_id)
        assert user is not None
        return feed_of(session, user)

    return db.read_sync(read)


def events(content: bytes) -> dict[str, Any]:
    return {str(e["UID"]): e for e in icalendar.Calendar.from_ical(content).walk("VEVENT")}  # pyright: ignore


def plan(owner: int, due: datetime, **values: object) -> int:
    return make("activity", **{"type": "meeting", "subject": "Plan", "owner_id": owner, "due_at": due} | values)


def soon(zone: str, days: int, hour: int = 9) -> datetime:
    return start_of(today(zone) + timedelta(days=days), zone) + timedelta(hours=hour)


def test_what_is_read_back_is_what_was_planned(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    at = soon(BERLIN, 2).replace(microsecond=0)
    id = plan(me, at, subject=NASTY[:300], body=NASTY, place="Room; 2, left", duration_minutes=45)
    day = plan(me, soon(BERLIN, 3, 0), all_day=True, duration_minutes=2880, subject="Fair")
    content = feed(me)
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "RFC 5545, 3.1: lines are folded at 75 octets"
    assert b"\n" not in content.replace(b"\r\n", b"")
    found = events(content)
    one, fair = found[f"kith-{id}@localhost"], found[f"kith-{day}@localhost"]
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (at, at + timedelta(minutes=45))
    assert str(one["DESCRIPTION"]) == NASTY.strip() and str(one["LOCATION"]) == "Room; 2, left"
    assert str(one["SUMMARY"]) == row(Activity, id)["subject"]
    first = today(BERLIN) + timedelta(days=3)
    assert (fair["DTSTART"].dt, fair["DTEND"].dt) == (first, first + timedelta(days=2))
    stored = row(Activity, id)
    assert one["DTSTAMP"].dt == stored["updated_at"].replace(microsecond=0) and one["SEQUENCE"] == 0
    change("activity", id, subject="Other")
    again = events(feed(me))[f"kith-{id}@localhost"]
    assert str(again["SUMMARY"]) == "Other" and again["SEQUENCE"] == 1


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=DAILY;COUNT=200", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"])
def test_a_series_comes_for_others_when_it_comes_here_over_a_change_of_the_clock(database_url: str, rule: str) -> None:
    me = make_user(zone=BERLIN)
    monday = today(BERLIN) + timedelta(days=7 - today(BERLIN).weekday())
    plan(me, datetime(monday.year, monday.month, monday.day, 9, 30, tzinfo=ZoneInfo(BERLIN)), repeat=rule)
    content = feed(me)
    assert b"BEGIN:VTIMEZONE" in content and b"TZID:Europe/Berlin" in content
    calendar = icalendar.Calendar.from_ical(content)
    for month in range(6):
        first = monday + timedelta(days=30 * month)
        span = Span.of(first, first + timedelta(days=30), BERLIN)
        mine = db.read_sync(calendar_of, principal(me, zone=BERLIN), [me], span).entries
        theirs: list[Any] = recurring_ical_events.of(calendar).between(span.start, span.end)
        assert sorted(e.start for e in mine) == sorted(
            f"{e['DTSTART'].dt.astimezone(ZoneInfo(BERLIN)):%Y-%m-%dT%H:%M:%S}" for e in theirs
        )


def test_a_series_with_a_last_day_ends_on_it_for_others(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    first = today(BERLIN) + timedelta(days=1)
    last = first + timedelta(days=4)
    plan(me, start_of(first, BERLIN) + timedelta(hours=23), repeat=f"FREQ=DAILY;UNTIL={last:%Y%m%d}")
    plan(me, start_of(first, BERLIN), all_day=True, repeat=f"FREQ=DAILY;UNTIL={last:%Y%m%d}", subject="Days")
    calendar = icalendar.Calendar.from_ical(feed(me))
    found: list[Any] = recurring_ical_events.of(calendar).between(first, last + timedelta(days=30))
    assert len([e for e in found if str(e["SUMMARY"]) == "Plan"]) == 5
    assert len([e for e in found if str(e["SUMMARY"]) == "Days"]) == 5


def test_a_feed_holds_ones_own_and_what_one_is_asked_to_and_no_secret(database_url: str) -> None:
    me, other = make_user(), make_user()
    hidden = make_company(name="Hidden Corporation", owner_id=other)
    plan(other, soon("UTC", 1), subject="Secret")
    plan(other, soon("UTC", 1), subject="Asked", attendees=[{"user_id": me}])
    plan(other, soon("UTC", 1), subject="Declined", attendees=[{"user_id": me, "response": "declined"}])
    plan(me, soon("UTC", 1), subject="Mine", company_id=hidden)
    gone = plan(me, soon("UTC", 1), subject="Deleted")
    db.write_sync(lambda s: apply(s, SYSTEM, Change("activity", gone, op="delete")))
    assert {str(e["SUMMARY"]) for e in events(feed(me)).values()} == {"Asked", "Mine"}


def test_a_link_is_kept_as_a_hash_and_dies_when_it_is_replaced_revoked_or_its_user_is_disabled(
    database_url: str,
) -> None:
    me = make_user()
    actor = principal(me)
    first = db.write_sync(make_link, actor)
    assert db.read_sync(lambda s: first not in repr(s.exec(select(CalendarLink)).all()))
    assert db.read_sync(reader_of, first).id == me  # pyright: ignore
    second = db.write_sync(make_link, actor)
    assert db.read_sync(reader_of, first) is None and db.read_sync(reader_of, second) is not None
    change("user", me, status="disabled")
    assert db.read_sync(reader_of, second) is None
    change("user", me, status="active")
    assert db.read_sync(link_of, actor).exists
    db.write_sync(revoke_link, actor)
    assert db.read_sync(reader_of, second) is None and not db.read_sync(link_of, actor).exists
    assert db.read_sync(reader_of, "") is None


FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Elsewhere//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one@elsewhere
DTSTAMP:20260101T120000Z
DTSTART;TZID=Europe/Berlin:{day}T093000
DURATION:PT45M
SUMMARY:Breakfast\\, with Ada
LOCATION:Café
END:VEVENT
BEGIN:VEVENT
UID:days@elsewhere
DTSTAMP:20260101T120000Z
DTSTART;VALUE=DATE:{day}
DTEND;VALUE=DATE:{later}
SUMMARY:Fair
END:VEVENT
BEGIN:VEVENT
UID:weekly@elsewhere
DTSTAMP:20260101T120000Z
DTSTART;TZID=Europe/Berlin:{day}T140000
DTEND;TZID=Europe/Berlin:{day}T150000
RRULE:FREQ=WEEKLY
SUMMARY:Weekly
END:VEVENT
BEGIN:VEVENT
UID:holes@elsewhere
DTSTAMP:20260101T120000Z
DTSTART;TZID=Europe/Berlin:{day}T160000
DTEND;TZID=Europe/Berlin:{day}T170000
RRULE:FREQ=DAILY;COUNT=4
EXDATE;TZID=Europe/Berlin:{later}T160000
SUMMARY:With a hole
END:VEVENT
BEGIN:VEVENT
UID:gone@elsewhere
DTSTAMP:20260101T120000Z
DTSTART:{day}T160000Z
STATUS:CANCELLED
SUMMARY:Cancelled
END:VEVENT
END:VCALENDAR
"""


def written(days: int = 3, text: str = FILE) -> bytes:
    day = today(BERLIN) + timedelta(days=days)
    given = {"day": f"{day:%Y%m%d}", "later": f"{day + timedelta(days=2):%Y%m%d}"}
    return text.format(**given).replace("\n", "\r\n").encode()


def bring(actor: Principal, content: bytes) -> tuple[int, int, int]:
    items = read_calendar(content, actor.zone).items
    batch = db.write_sync(start_import, actor, "calendar.ics")
    return batch, *db.write_sync(import_part, actor, batch, items)


def mine(owner: int) -> list[Activity]:
    def read(session: Session) -> list[Activity]:
        query = select(Activity).where(Activity.owner_id == owner, Activity.deleted_at.is_(None))  # pyright: ignore
        return [Activity(**a.model_dump()) for a in session.exec(query.order_by(Activity.due_at))]  # pyright: ignore

    return db.read_sync(read)


def test_a_file_is_read_as_its_events_say() -> None:
    read = read_calendar(written(), BERLIN)
    found = {item.uid: item for item in read.items}
    day = today(BERLIN) + timedelta(days=3)
    one = found["one@elsewhere"]
    assert one.start == datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZoneInfo(BERLIN))
    assert (one.minutes, one.subject, one.place) == (45, "Breakfast, with Ada", "Café")
    assert (found["days@elsewhere"].all_day, found["days@elsewhere"].minutes) == (True, 2880)
    assert found["weekly@elsewhere"].repeat == "FREQ=WEEKLY"
    holes = [item for uid, item in found.items() if uid.startswith("holes@elsewhere/")]
    assert sorted((i.start.astimezone(ZoneInfo(BERLIN)).date() - day).days for i in holes) == [0, 1, 3]
    assert read.left_out == ["1 cancelled"]


def test_the_same_file_again_changes_nothing_and_one_undo_takes_all_back(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    actor = principal(me, zone=BERLIN)
    batch, new, changed = bring(actor, written())
    assert (new, changed) == (6, 0) and len(mine(me)) == 6
    before = [(a.id, a.version) for a in mine(me)]
    assert bring(actor, written())[1:] == (0, 0)
    assert [(a.id, a.version) for a in mine(me)] == before
    moved = next(a for a in mine(me) if a.subject == "Breakfast, with Ada")
    change("activity", moved.id, actor, due_at=soon(BERLIN, 9))
    assert bring(actor, written())[1:] == (0, 0), "what was moved here stays where it was put"
    db.write_sync(undo, actor, batch)
    assert mine(me) == []
    assert bring(actor, written())[1:] == (6, 0), "what was taken back can be brought again"
    other = make_user(zone=BERLIN)
    assert bring(principal(other, zone=BERLIN), written())[1:] == (6, 0), "a colleague's calendar is another one"


def test_a_newer_file_changes_what_it_changed(database_url: str) -> None:
    me = make_user(zone=BERLIN)
    actor = principal(me, zone=BERLIN)
    bring(actor, written())
    later = f"{now() + timedelta(hours=1):%Y%m%dT%H%M%SZ}"
    text = (
        FILE.replace("Breakfast\\, with Ada", "Lunch").replace("T093000", "T123000").replace("20260101T120000Z", later)
    )
    assert bring(actor, written(text=text))[1:] == (0, 1)
    assert len(mine(me)) == 6 and "Lunch" in {a.subject for a in mine(me)}


def test_kith_reads_its_own_feed_and_finds_everything_there(database_url: str) -> None:
    me, other = make_user(zone=BERLIN), make_user(zone=BERLIN)
    plan(me, soon(BERLIN, 1), repeat="FREQ=WEEKLY;UNTIL=20991231", duration_minutes=60)
    plan(me, soon(BERLIN, 2), duration_minutes=30, place="Here")
    content = feed(me)
    actor = principal(me, zone=BERLIN)
    found = db.read_sync(plan_import, actor, read_calendar(content, BERLIN).items)
    assert (found.new, found.changed, found.same) == ([], [], 2)
    bring(principal(other, zone=BERLIN), content)
    same = ("subject", "due_at", "duration_minutes", "repeat", "place", "all_day")
    assert [[getattr(a, n) for n in same] for a in mine(other)] == [[getattr(a, n) for n in same] for a in mine(me)]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"<ics/>", b"x" * 2_000_001],
)
def test_a_bad_file_is_refused_in_plain_words(content: bytes) -> None:
    with pytest.raises(Refused, match=r"calendar file"):
        read_calendar(content, "UTC")


def test_events_without_a_time_or_beyond_all_time_are_left_out_and_told() -> None:
    head, tail = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n", "END:VCALENDAR\n"
    bad = "BEGIN:VEVENT\nUID:{n}\nSUMMARY:x\n{when}END:VEVENT\n"
    whens = ["", "DTSTART:00010101T000000Z\n", "DTSTART:20260504T100000Z\nDTEND:20260503T100000Z\n"]
    text = head + "".join(bad.format(n=n, when=when) for n, when in enumerate(whens)) + tail
    read = read_calendar(text.replace("\n", "\r\n").encode(), "UTC")
    assert read.items == [] and read.left_out == ["3 without a time that can be read"]


def test_an_old_series_begins_here_today_and_a_foreign_zone_is_taken_apart() -> None:
    text = FILE.split("BEGIN:VEVENT")[0] + "BEGIN:VEVENT" + FILE.split("BEGIN:VEVENT")[3].rstrip() + "\nEND:VCALENDAR\n"
    (item,) = read_calendar(written(-700, text), BERLIN).items
    assert item.repeat == "FREQ=WEEKLY" and today(BERLIN) <= item.start.astimezone(ZoneInfo(BERLIN)).date()
    assert item.start.astimezone(ZoneInfo(BERLIN)).hour == 14
    abroad = read_calendar(written(-7, text), "America/New_York").items
    assert len(abroad) > 50 and {i.repeat for i in abroad} == {""}
    assert {i.start.astimezone(ZoneInfo(BERLIN)).hour for i in abroad} == {14}
    assert all(i.start.tzinfo is UTC for i in abroad)


EACH_SECOND = "FREQ=SECONDLY", "FREQ=DAILY;BYSECOND=0,1,2,3;BYMINUTE=0,1,2", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.parametrize("rule", EACH_SECOND)
def test_a_rule_that_would_be_counted_through_for_hours_is_not(rule: str) -> None:
    text = FILE.replace("RRULE:FREQ=DAILY;COUNT=4", f"RRULE:{rule}")
    read = read_calendar(written(-9000, text), BERLIN)
    assert "1 that repeat in a way that cannot be read" in read.left_out and len(read.items) == 3
    zone = "TZID:Moon\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\n"
    moon = f"BEGIN:VTIMEZONE\n{zone}RRULE:{rule}\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT"
    with pytest.raises(Refused, match="time zone"):
        read_calendar(
            written(text=FILE.replace("BEGIN:VEVENT", moon, 1).replace("TZID=Europe/Berlin", "TZID=Moon")), BERLIN
        )


def test_many_calendars_in_one_file_have_the_room_of_one() -> None:
    """Each of these series takes long to take apart, and a file of 2 MB holds ten thousand of them."""
    daily = "DTSTART:20200101T090000Z\nRRULE:FREQ=DAILY\nEXDATE:20200102T090000Z\nSUMMARY:Stand-up"
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:{}\n" + daily + "\nEND:VEVENT\nEND:VCALENDAR\n"
    read = read_calendar("".join(text.format(n) for n in range(9)).replace("\n", "\r\n").encode(), "UTC")
    assert len(read.items) == MOST_EVENTS and len({item.uid.partition("/")[0] for item in read.items}) == 6
    assert read.left_out == ["3 that repeat, more than one file may bring"]
    with pytest.raises(Refused, match="at most 2,000 events"):
        read_calendar("".join(text.format(n) for n in range(2001)).replace("\n", "\r\n").encode(), "UTC")


def test_what_one_file_calls_a_time_zone_means_nothing_for_the_next() -> None:
    parts = FILE.replace("Europe/Berlin", "Head Office").split("BEGIN:VEVENT")
    text = "BEGIN:VEVENT".join(parts[:2]) + "END:VCALENDAR\n"
    far = text.replace("+0100", "-1000").replace("+0200", "-1000")
    (first,), (second,), (third,) = (read_calendar(written(text=t), BERLIN).items for t in (text, far, text))
    assert first.start == third.start and abs(first.start - second.start) >= timedelta(hours=11)
