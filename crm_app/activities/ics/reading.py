"""Calendar files as they come (RFC 5545): what Kith makes of their events. Nothing is written here."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, use_zoneinfo

from crm_app.core.clock import now, start_of, today
from crm_app.core.errors import Refused
from crm_app.core.reader import numeral
from crm_app.core.recurrence import next_occurrence, read_rule

MOST_BYTES, MOST_EVENTS, MOST_UID = 2_000_000, 2000, 400
AHEAD, BACK = timedelta(days=366), timedelta(days=31)
BAD = "This is not a calendar file. Kith reads files that end in .ics."
BAD_ZONE = "This file has a time zone that cannot be read."
ODD = "that repeat in a way that cannot be read"
MORE = "that repeat, more than one file may bring"
# Of a rule that the library counts through one by one: what keeps it from counting for hours.
MOST_APART, SECONDS_APART = 100, 20.0
PARTS = {
    "DAILY": frozenset({"BYDAY", "BYMONTH"}),
    "WEEKLY": frozenset({"BYDAY", "BYMONTH"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}),
}
ENDS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_parsing = threading.Lock()


@dataclass(frozen=True)
class Item:
    """One activity that a file asks for; `stamp` is when its event was last changed there."""

    uid: str
    subject: str
    start: datetime
    minutes: int
    all_day: bool
    body: str = ""
    place: str = ""
    repeat: str = ""
    is_over: bool = False
    stamp: datetime | None = None


@dataclass(frozen=True)
class Read:
    """What a file holds, and in words what was left out."""

    items: list[Item] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass
class Left:
    """How many series of a file may still be taken apart, into how many activities, and until when."""

    series: int = MOST_APART
    items: int = MOST_EVENTS
    until: float = field(default_factory=lambda: monotonic() + SECONDS_APART)

    def take(self) -> bool:
        """Is there room for one more series?"""
        self.series -= 1
        return self.series >= 0 and self.items > 0 and monotonic() < self.until


def read_calendar(content: bytes, zone: str) -> Read:
    """Raises Refused for what is no calendar or too large. `zone` is for times that name none."""
    if len(content) > MOST_BYTES:
        raise Refused("A calendar file may have at most 2 MB.")
    events = [(calendar, list(calendar.walk("VEVENT"))) for calendar in _parsed(content)]
    if sum(len(own) for _, own in events) > MOST_EVENTS:
        raise Refused(f"A calendar file may have at most {numeral(MOST_EVENTS)} events.")
    found, why, left = dict[str, Item](), Counter[str](), Left()
    for calendar, own in events:
        for item in _items(calendar, own, zone, why, left):
            if item.uid in found or len(found) < MOST_EVENTS:
                found[item.uid] = item
    return Read(list(found.values()), [f"{count} {reason}" for reason, count in why.items()])


def _parsed(content: bytes) -> list[Any]:
    """The calendars of a file. What it calls a time zone of its own is so in this file alone. Raises Refused."""
    with _parsing:
        use_zoneinfo()  # the library would keep the zones of the files before
        try:
            calendars = Calendar.from_ical(content, multiple=True)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            raise Refused(BAD) from None
        finally:
            use_zoneinfo()
    if not calendars:
        raise Refused(BAD)
    for change in (c for calendar in calendars for zone in calendar.walk("VTIMEZONE") for c in zone.walk()):
        if not all(_is_countable(rule, "YEARLY") for rule in _rules(change)):
            raise Refused(BAD_ZONE)
    return calendars


def _rules(component: Any) -> list[str]:
    given = component.get("RRULE", [])
    return [rule.to_ical().decode() for rule in (given if isinstance(given, list) else [given])]


def _is_countable(rule: str, *frequencies: str) -> bool:
    """May the library count through it? No more than once a day, and nothing that hardly ever comes."""
    cut = (part.partition("=") for part in rule.strip().upper().split(";") if part)
    parts = {name: value for name, _, value in cut}
    frequency = parts.get("FREQ", "")
    return frequency in (frequencies or PARTS) and parts.keys() <= ENDS | PARTS[frequency]


def _items(calendar: Component, events: list[Any], zone: str, why: Counter[str], left: Left) -> Iterator[Item]:
    shown = Counter(str(e.get("UID", "")) for e in events)
    apart = set[str]()
    for event in events:
        uid = str(event.get("UID", ""))
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            why["cancelled"] += 1
        elif _is_series(event) or shown[uid] > 1:
            item = _series(event, zone) if shown[uid] == 1 else None
            if item is not None:
                yield item
            else:
                apart.add(uid)
        else:
            yield from _one(event, zone, why)
    if apart:
        yield from _apart(calendar, apart, zone, why, left)


def _is_series(event: Any) -> bool:
    return "RRULE" in event or "RDATE" in event


def _one(event: Any, zone: str, why: Counter[str], uid: str = "") -> Iterator[Item]:
    try:
        yield _item(event, zone, uid)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        why["without a time that can be read"] += 1


def _item(event: Any, zone: str, uid: str = "", repeat: str = "") -> Item:
    begin, end = event["DTSTART"].dt, _end(event)
    all_day = not isinstance(begin, datetime)
    start, until = _instant(begin, zone), _instant(end, zone)
    if not (1970 <= start.year <= 2200 and timedelta() <= until - start <= timedelta(days=69)):
        raise ValueError("nobody's calendar goes there")
    days = (end - begin).days if all_day else 0
    return Item(
        uid or _uid(str(event.get("UID", "")), start, event),
        " ".join(str(event.get("SUMMARY", "")).split())[:300],
        start,
        max(days, 1) * 1440 if all_day else int((until - start).total_seconds() // 60),
        all_day,
        str(event.get("DESCRIPTION", "")).strip()[:50_000],
        " ".join(str(event.get("LOCATION", "")).split())[:300],
        repeat,
        until < now(),
        _stamp(event),
    )


def _end(event: Any) -> Any:
    begin = event["DTSTART"].dt
    if "DTEND" in event:
        return event["DTEND"].dt
    if "DURATION" in event:
        return begin + event["DURATION"].dt
    return begin if isinstance(begin, datetime) else begin + timedelta(days=1)


def _instant(at: date, zone: str) -> datetime:
    """A day begins in the reader's zone, and so does a time that names no zone."""
    if not isinstance(at, datetime):
        return start_of(at, zone)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _uid(uid: str, start: datetime, event: Any) -> str:
    """Its UID; one that is missing or too long is made from what the event says."""
    if uid and len(uid) <= MOST_UID:
        return uid
    told = f"{uid}|{start.isoformat()}|{event.get('SUMMARY', '')}"
    return "kith-" + hashlib.sha256(told.encode()).hexdigest()


def _stamp(event: Any) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        at = getattr(event.get(name), "dt", None)
        if isinstance(at, datetime):
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _series(event: Any, zone: str) -> Item | None:
    """A series that Kith can keep as one: a plain rule, no exceptions, in the reader's own zone."""
    rules = event.get("RRULE")
    if rules is None or isinstance(rules, list) or "EXDATE" in event or "RDATE" in event:
        return None
    begin = event["DTSTART"].dt
    if isinstance(begin, datetime) and begin.tzinfo and str(begin.tzinfo) != zone:
        return None
    try:
        rule = read_rule(rules.to_ical().decode(), zone)
        item = _item(event, zone, repeat=rule.write())
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None
    if not item.is_over:
        return item
    found = next_occurrence(rule, item.start, zone, start_of(today(zone), zone))
    if found is None:
        return None
    return Item(**{**item.__dict__, "start": found[0], "repeat": found[1].write(), "is_over": False})


def _apart(calendar: Component, uids: set[str], zone: str, why: Counter[str], left: Left) -> Iterator[Item]:
    """Series with exceptions, one by one, from a month ago to a year from now; as many as there is time for."""
    for uid in sorted(uids):
        if not left.take():
            why[MORE] += 1
            continue
        alone = _alone(calendar, uid)
        try:
            if alone is None:
                raise ValueError(uid)
            found = recurring_ical_events.of(alone).between(now() - BACK, now() + AHEAD)
            items = list(_each(islice(found, left.items), uid, zone, why))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            why[ODD] += 1
            continue
        left.items -= len(items)
        yield from items


def _alone(calendar: Component, uid: str) -> Component | None:
    """A calendar of one series; None where a rule of it cannot be counted through."""
    alone = Calendar()
    if (named := calendar.get("X-WR-TIMEZONE")) is not None:
        alone["X-WR-TIMEZONE"] = named
    for event in (e for e in calendar.walk("VEVENT") if str(e.get("UID", "")) == uid):
        rules, begin = _rules(event), getattr(event.get("DTSTART"), "dt", None)
        if not all(map(_is_countable, rules)) or (rules and getattr(begin, "year", 0) < 1970):
            return None
        alone.add_component(event)
    return alone


def _each(found: Iterable[Any], uid: str, zone: str, why: Counter[str]) -> Iterator[Item]:
    body = ""
    for event in found:
        start = _instant(event["DTSTART"].dt, zone)
        again = event.get("RECURRENCE-ID")
        place = _instant(again.dt, zone) if again is not None else start
        for item in _one(event, zone, why, f"{_uid(uid, start, event)}/{place:%Y%m%dT%H%M%SZ}"):
            body = body if item.body == body else item.body  # a long text is held once, not with every day
            yield replace(item, body=body)
