"""The way of a deal through its stages: by table, and whatever the log says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.deals.journey import Move, days_by_stage, path_marks, share_words, visits, yearly

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAGES = [(1, "open"), (2, "open"), (3, "open"), (8, "won"), (9, "lost")]


def day(n: int, hour: int = 9) -> datetime:
    return START + timedelta(days=n, hours=hour - 9)


def test_each_stay_counts_the_days_until_the_next_move() -> None:
    moves = [Move(1, day(0), None, 1, "Ravi"), Move(2, day(4), 1, 2, "Noor"), Move(3, day(10), 2, 1, "Ravi")]
    stays = visits(moves, day(12), "UTC")
    assert [(s.stage_id, s.came_from, s.who, s.days) for s in stays] == [
        (1, None, "Ravi", 4),
        (2, 1, "Noor", 6),
        (1, 2, "Ravi", 2),
    ]
    assert [s.until for s in stays] == [day(4), day(10), None]
    assert days_by_stage(stays) == {1: 6, 2: 6}


def test_a_move_that_was_taken_back_at_once_did_not_happen() -> None:
    moves = [Move(1, day(0), None, 1), Move(2, day(3), 1, 2), Move(3, day(3, 10), 2, 1, undoes=2)]
    assert [(s.stage_id, s.days) for s in visits(moves, day(5), "UTC")] == [(1, 5)]


def test_an_undo_of_something_earlier_is_a_move_of_its_own() -> None:
    moves = [Move(1, day(0), None, 1), Move(2, day(1), 1, 2), Move(3, day(2), 2, 3), Move(4, day(3), 3, 1, undoes=2)]
    assert [s.stage_id for s in visits(moves, day(4), "UTC")] == [1, 2, 3, 1]


def test_a_time_before_the_move_before_makes_no_negative_stay() -> None:
    moves = [Move(1, day(0), None, 1), Move(2, day(6), 1, 2), Move(3, day(2), 2, 8)]
    assert [(s.stage_id, s.days) for s in visits(moves, day(7), "UTC")] == [(1, 6), (2, 0), (8, 1)]


def test_days_are_those_of_the_reader() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # already the third in Paris
    moves, then = [Move(1, late, None, 1)], datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert visits(moves, then, "UTC")[0].days == 2
    assert visits(moves, then, "Europe/Paris")[0].days == 1


def test_no_move_is_no_stay() -> None:
    assert visits([], day(1), "UTC") == []


@given(
    hops=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 5)), min_size=1, max_size=12),
    rest=st.integers(0, 40),
    zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Pacific/Auckland"]),
)
def test_the_days_of_all_stays_are_those_since_the_first(hops: list[tuple[int, int]], rest: int, zone: str) -> None:
    moves = [Move(n, day(gap), None, stage) for n, (gap, stage) in enumerate(hops)]
    now = day(max(gap for gap, _ in hops) + rest)
    stays = visits(moves, now, zone)
    first = moves[0].at.astimezone(ZoneInfo(zone)).date()
    assert sum(s.days for s in stays) == (now.astimezone(ZoneInfo(zone)).date() - first).days
    assert all(s.days >= 0 for s in stays) and sum(days_by_stage(stays).values()) == sum(s.days for s in stays)


@pytest.mark.parametrize(
    ("present", "visited", "marks"),
    [
        (2, {1, 2}, {1: "done", 2: "on", 3: "", 8: "", 9: ""}),
        (3, {3}, {1: "done", 2: "done", 3: "on", 8: "", 9: ""}),
        (8, {2, 8}, {1: "done", 2: "done", 3: "done", 8: "on", 9: ""}),
        (9, {2, 9}, {1: "", 2: "done", 3: "", 8: "", 9: "on"}),
        (77, {77}, {1: "", 2: "", 3: "", 8: "", 9: ""}),
    ],
)
def test_what_lies_behind_a_deal(present: int, visited: set[int], marks: dict[int, str]) -> None:
    assert path_marks(STAGES, present, dict.fromkeys(visited, 1)) == marks


@pytest.mark.parametrize(
    ("minor", "period", "year"),
    [(100_00, "month", 1200_00), (1, "quarter", 4), (99, "year", 99), (None, "month", None), (5, None, None)],
)
def test_a_recurring_amount_in_a_year(minor: int | None, period: str | None, year: int | None) -> None:
    assert yearly(minor, period) == year


@pytest.mark.parametrize(
    ("won", "lost", "words"),
    [
        (19, 0, "too few to say"),
        (0, 0, "too few to say"),
        (20, 0, "100 % won"),
        (0, 20, "0 % won"),
        (5, 35, "13 % won"),
    ],
)
def test_a_share_is_said_only_where_there_are_enough(won: int, lost: int, words: str) -> None:
    assert share_words(won, lost) == words
