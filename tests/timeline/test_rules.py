"""Places, wishes, days and mentions, against what a person would write down by hand."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crm_app.core.reader import read_by
from crm_app.records.mentions import mentioned, plain
from crm_app.timeline.rules import (
    Place,
    Wish,
    day_label,
    due_label,
    due_tone,
    read_place,
    read_wish,
)

TODAY = date(2026, 11, 25)


def test_a_place_survives_the_browser() -> None:
    place = Place(datetime(2026, 11, 25, 10, 2, 3, 456, tzinfo=timezone(timedelta(hours=2))), 17)
    assert read_place(place.write()) == place


@pytest.mark.parametrize(
    "text", ["", "17", "2026-11-25~17", "2026-11-25T10:00:00~17", "x~17", "2026-11-25T10:00:00+00:00~-1", "~", "a~٣"]
)
def test_what_is_no_place_counts_as_absent(text: str) -> None:
    assert read_place(text) is None


def test_a_wish_keeps_known_kinds_and_cuts_the_text() -> None:
    wish = read_wish("note,call,drop table", " a   b " + "x" * 500)
    assert wish.kinds == {"note", "call"}
    assert wish.text.startswith("a b x") and len(wish.text) == 200
    assert wish.wants("note") and not wish.wants("file")
    assert Wish().wants("anything")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 25), "Today"),
        (date(2026, 11, 24), "Yesterday"),
        (date(2026, 11, 26), "Tomorrow"),
        (date(2026, 11, 20), "Friday, 20 November"),
        (date(2025, 12, 1), "Monday, 1 December 2025"),
    ],
)
def test_days_are_named_as_people_name_them(day: date, expected: str) -> None:
    assert day_label(day, TODAY) == expected


def test_names_of_months_and_days_follow_the_formats_and_other_words_do_not() -> None:
    with read_by("de"):
        assert day_label(date(2025, 9, 1), TODAY) == "Montag, 1. September 2025"
        assert due_label(datetime(2026, 12, 4, 15, tzinfo=UTC), TODAY) == "Fr., 4. Dez. 15:00"
        assert due_label(datetime(2026, 11, 1, 9, tzinfo=UTC), TODAY) == "24 days overdue"
    with read_by("en-GB"):
        assert day_label(date(2026, 9, 4), TODAY) == "Friday, 4 September"


@pytest.mark.parametrize(
    ("at", "expected", "tone"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "1 day overdue", "r"),
        (datetime(2026, 11, 1, 9, tzinfo=UTC), "24 days overdue", "r"),
        (datetime(2026, 11, 25, 15, tzinfo=UTC), "Today 15:00", "g"),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), "Tomorrow", ""),
        (datetime(2026, 12, 4, 8, 30, tzinfo=UTC), "Fri 4 Dec 08:30", ""),
        (datetime(2027, 1, 4, tzinfo=UTC), "Mon 4 Jan 2027", ""),
    ],
)
def test_what_is_due_says_when(at: datetime, expected: str, tone: str) -> None:
    assert (due_label(at, TODAY), due_tone(at, TODAY)) == (expected, tone)


def test_mentions_are_found_and_read_as_names() -> None:
    text = "Ask @[Ravi Shah](12) and @[Noor Khalil](7), not @[x](y) or @Ravi"
    assert mentioned(text) == {12, 7}
    assert plain(text) == "Ask @Ravi Shah and @Noor Khalil, not @[x](y) or @Ravi"
