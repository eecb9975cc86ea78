"""Recurrence (RFC 5545, 3.3.10): what repeats keeps its local time over changes of the clock. Pure.

A rule is text such as `FREQ=WEEKLY;UNTIL=20261231`; UNTIL is a day of the person's zone and included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from crm_app.core.reader import full_day

PLAIN = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
STRIDE = {"DAILY": 1, "WEEKLY": 7}
MOST_COUNT, MOST_INTERVAL, MOST_STEPS = 999, 366, 4000
_ALLOWED = {
    "BYDAY": {
        "WEEKLY": re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"),
        "MONTHLY": re.compile(r"(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)"),
    },
    "BYMONTHDAY": {"MONTHLY": re.compile(r"([1-9]|[12]\d|3[01]|-1)")},
    "WKST": {"WEEKLY": re.compile(r"MO|SU")},
}
_NEVER = "This cannot be repeated in this way."


@dataclass(frozen=True)
class Rule:
    """What repeats: `base` without its end, and the end, a day or a number of times, if there is one."""

    base: str
    until: date | None = None
    count: int | None = None

    def write(self) -> str:
        """As it is stored."""
        end = f";UNTIL={self.until:%Y%m%d}" if self.until else f";COUNT={self.count}" if self.count else ""
        return self.base + end

    @property
    def frequency(self) -> str:
        return _parts(self.base)["FREQ"]

    @property
    def interval(self) -> int:
        return int(_parts(self.base).get("INTERVAL", "1"))

    @property
    def choice(self) -> str:
        """Which of the plain choices it is; `other` for what came from a calendar file."""
        return next((name for name, base in PLAIN.items() if base == self.base), "other")


def read_rule(text: str, zone: str = "UTC") -> Rule:
    """The rule that a text says. Raises ValueError in plain words for what Kith cannot keep to."""
    parts = _parts(text.strip().upper().removeprefix("RRULE:"))
    frequency = parts.pop("FREQ", "")
    if frequency not in UNITS:
        raise ValueError(_NEVER)
    until, count = parts.pop("UNTIL", ""), parts.pop("COUNT", "")
    base, interval = f"FREQ={frequency}", parts.pop("INTERVAL", "1")
    if until and count:
        raise ValueError("A repetition ends on a day or after a number of times, not both.")
    if not (interval.isdecimal() and 1 <= int(interval) <= MOST_INTERVAL):
        raise ValueError(_NEVER)
    base += f";INTERVAL={int(interval)}" if int(interval) > 1 else ""
    for name, value in sorted(parts.items()):
        allowed = _ALLOWED.get(name, {}).get(frequency)
        if allowed is None or not allowed.fullmatch(value):
            raise ValueError(_NEVER)
        base += f";{name}={value}"
    if count and not (count.isdecimal() and 1 <= int(count) <= MOST_COUNT):
        raise ValueError(f"How many times must be a number from 1 to {MOST_COUNT}.")
    return Rule(base, _day(until, zone) if until else None, int(count) if count else None)


def _parts(text: str) -> dict[str, str]:
    cut = [part.partition("=") for part in text.split(";") if part]
    pairs = [(name, value) for name, _, value in cut]
    if not pairs or len({name for name, _ in pairs}) != len(pairs):
        raise ValueError(_NEVER)
    return dict(pairs)


def _day(text: str, zone: str) -> date:
    """The last day, of the person's zone: an instant in UTC is a day there."""
    try:
        if "T" not in text:
            return date.fromisoformat(text)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("The last day must be a date.") from None
    return at.date() if at.tzinfo is None else at.astimezone(ZoneInfo(zone)).date()


def occurrences(rule: Rule, start: datetime, zone: str, after: datetime, before: datetime) -> Iterator[datetime]:
    """When it comes again after `start`, from `after` on and before `before`, as instants in UTC."""
    for _, at in _following(rule, start, zone, after):
        if at >= before:
            return
        if at >= after:
            yield at


def next_occurrence(rule: Rule, start: datetime, zone: str, not_before: datetime) -> tuple[datetime, Rule] | None:
    """The first time after `start` and not before that instant, with the rule that is left; None when it has ended."""
    for number, at in _following(rule, start, zone, not_before):
        if at >= not_before:
            return at, replace(rule, count=rule.count - number) if rule.count else rule
    return None


def _following(rule: Rule, start: datetime, zone: str, near: datetime) -> Iterator[tuple[int, datetime]]:
    """Every time after the start with its number (the start is 0), as far as a year of any calendar may ask."""
    place = ZoneInfo(zone)
    first = start.astimezone(place).replace(tzinfo=None)
    begin = _nearer(rule, first, near.astimezone(place).replace(tzinfo=None))
    text = rule.base + (f";COUNT={rule.count}" if rule.count else "")
    if rule.until:
        text += f";UNTIL={datetime.combine(rule.until, time(23, 59, 59)):%Y%m%dT%H%M%S}"
    number = 0
    for local in islice(rrulestr(text, dtstart=begin), MOST_STEPS):
        if local <= first:
            continue
        number += 1
        # a time that the clock jumps over is read with the offset before the jump, one that comes twice is the first
        yield number, local.replace(tzinfo=place).astimezone(UTC)


def _nearer(rule: Rule, first: datetime, near: datetime) -> datetime:
    """A start in step with the first one, not long before what is asked for, so that old series cost nothing."""
    stride = STRIDE.get(rule.frequency, 0) * rule.interval
    if not stride or rule.count or near <= first:
        return first
    steps = max((near - first).days // stride - 2, 0)
    return first + timedelta(days=steps * stride)


def words(rule: Rule) -> str:
    """`Every weekday until 31 Dec 2026`, `Every 2 weeks, 5 times`."""
    unit = UNITS[rule.frequency]
    text = f"Every {unit}" if rule.interval == 1 else f"Every {rule.interval} {unit}s"
    if rule.choice == "weekdays":
        text = "Every weekday"
    if rule.until:
        return f"{text} until {full_day(rule.until)}"
    return f"{text}, {rule.count} times" if rule.count and rule.count > 1 else text
