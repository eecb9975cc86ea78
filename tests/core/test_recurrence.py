"""Rules of recurrence against another library, over changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.core.recurrence import PLAIN, Rule, next_occurrence, occurrences, read_rule, words

BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"


def at(zone: str, *parts: int) -> datetime:
    year, month, day, *clock = parts
    return datetime(year, month, day, *clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # pyright: ignore


def oracle(rule: Rule, start: datetime, zone: str, after: datetime, before: datetime) -> list[datetime]:
    """What another library makes of the same series, written as a calendar file."""
    local = start.astimezone(ZoneInfo(zone))
    event = icalendar.Event()
    event.add("uid", "x")
    event.add("dtstart", local)
    event.add("dtend", local + timedelta(minutes=1))
    text = rule.base + (f";COUNT={rule.count}" if rule.count else "")
    if rule.until:
        last = datetime(rule.until.year, rule.until.month, rule.until.day, 23, 59, 59, tzinfo=ZoneInfo(zone))
        text += f";UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    event.add("rrule", icalendar.vRecur.from_ical(text))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    found: list[Any] = recurring_ical_events.of(calendar).between(after, before)
    return sorted(s for e in found if start < (s := e["DTSTART"].dt.astimezone(UTC)) and after <= s < before)


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SYDNEY, "UTC"])
@pytest.mark.parametrize("name", ["daily", "weekly", "weekdays", "monthly", "yearly"])
def test_a_year_over_both_changes_of_the_clock_is_that_of_another_library(zone: str, name: str) -> None:
    start = at(zone, 2026, 1, 5, 9, 30)
    window = at(zone, 2026, 2, 1), at(zone, 2027, 2, 1)
    rule = read_rule(PLAIN[name])
    mine = list(occurrences(rule, start, zone, *window))
    assert mine == oracle(rule, start, zone, *window)
    assert {(t.astimezone(ZoneInfo(zone)).hour, t.astimezone(ZoneInfo(zone)).minute) for t in mine} == {(9, 30)}


@settings(max_examples=40)
@given(
    day=st.dates(date(2020, 1, 1), date(2026, 6, 1)),
    hour=st.integers(4, 23),
    base=st.sampled_from(["FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=DAILY"]),
    end=st.one_of(st.none(), st.integers(1, 300), st.dates(date(2021, 1, 1), date(2027, 1, 1))),
)
def test_any_series_is_that_of_another_library(day: date, hour: int, base: str, end: int | date | None) -> None:
    rule = Rule(base, end if isinstance(end, date) else None, end if isinstance(end, int) else None)
    series = (
        rule,
        at(BERLIN, day.year, day.month, day.day, hour),
        BERLIN,
        at(BERLIN, 2026, 3, 1),
        at(BERLIN, 2026, 5, 1),
    )
    assert list(occurrences(*series)) == oracle(*series)


def test_a_time_that_the_clock_jumps_over_is_an_hour_later_and_one_that_comes_twice_is_the_first() -> None:
    daily = read_rule("FREQ=DAILY")
    spring = list(
        occurrences(daily, at(BERLIN, 2026, 3, 28, 2, 30), BERLIN, at(BERLIN, 2026, 3, 29), at(BERLIN, 2026, 3, 31))
    )
    assert spring == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)]
    autumn = list(
        occurrences(daily, at(BERLIN, 2026, 10, 24, 2, 30), BERLIN, at(BERLIN, 2026, 10, 25), at(BERLIN, 2026, 10, 26))
    )
    assert autumn == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_the_thirty_first_comes_only_in_months_that_have_one() -> None:
    found = list(
        occurrences(
            read_rule("FREQ=MONTHLY"), at("UTC", 2026, 1, 31), "UTC", at("UTC", 2026, 1, 1), at("UTC", 2026, 6, 1)
        )
    )
    assert [t.date().isoformat() for t in found] == ["2026-03-31", "2026-05-31"]


def test_the_next_one_passes_over_what_was_missed_and_counts_it() -> None:
    start = at(BERLIN, 2026, 5, 4, 9)
    found = next_occurrence(read_rule("FREQ=DAILY;COUNT=10"), start, BERLIN, at(BERLIN, 2026, 5, 8))
    assert found == (at(BERLIN, 2026, 5, 8, 9), Rule("FREQ=DAILY", None, 6))
    assert next_occurrence(read_rule("FREQ=DAILY;COUNT=3"), start, BERLIN, at(BERLIN, 2026, 5, 8)) is None
    last = read_rule("FREQ=WEEKLY;UNTIL=20260511")
    assert next_occurrence(last, start, BERLIN, start) == (at(BERLIN, 2026, 5, 11, 9), last)
    assert next_occurrence(last, at(BERLIN, 2026, 5, 11, 9), BERLIN, start) is None


@pytest.mark.parametrize(
    "text",
    ["", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=x", "FREQ=DAILY;COUNT=2;UNTIL=20260101", "nonsense",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;UNTIL=soon"],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        read_rule(text)


def test_rules_are_read_written_and_said() -> None:
    for text, said in (
        ("FREQ=DAILY", "Every day"),
        ("RRULE:freq=weekly;byday=MO,TU,WE,TH,FR", "Every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "Every 2 weeks, 5 times"),
        ("FREQ=MONTHLY;UNTIL=20261231", "Every month until 31 Dec 2026"),
    ):
        rule = read_rule(text)
        assert words(rule) == said
        assert read_rule(rule.write()) == rule
    assert read_rule("FREQ=DAILY;UNTIL=20261231T230000Z", BERLIN).until == date(2027, 1, 1)


def test_an_old_series_is_not_counted_through() -> None:
    start = at("UTC", 1200, 1, 1, 9)
    found = list(occurrences(read_rule("FREQ=DAILY"), start, "UTC", at("UTC", 2026, 1, 1), at("UTC", 2026, 1, 3)))
    assert found == [at("UTC", 2026, 1, 1, 9), at("UTC", 2026, 1, 2, 9)]
