"""Rules of deals: tables of cases written by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.deals.rules import (
    Step,
    closed_label,
    days_quiet,
    is_rotten,
    rank_between,
    step_label,
    step_tone,
)

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due", "tone", "label"),
    [
        (None, "amber", "No next step"),
        (date(2026, 11, 22), "red", "1 day overdue"),
        (date(2026, 11, 21), "red", "2 days overdue"),
        (MONDAY, "green", "Call today"),
        (date(2026, 11, 24), "grey", "Call Tue"),
        (date(2026, 11, 29), "grey", "Call Sun"),
        (date(2026, 11, 30), "grey", "Call 30 Nov"),
    ],
)
def test_step(due: date | None, tone: str, label: str) -> None:
    step = Step(due, "Call") if due else None
    assert step_tone(step, MONDAY) == tone
    assert step_label(step, 3, False, MONDAY) == label


def test_a_closed_deal_says_when() -> None:
    assert closed_label("won", date(2026, 3, 1), MONDAY) == "Won 1 Mar"
    assert closed_label("lost", date(2017, 12, 31), MONDAY) == "Lost 31 Dec 2017"
    assert closed_label("won", None, MONDAY) == "Won"
    assert step_label(None, 3000, True, MONDAY) == "Quiet for over a year"


def test_a_rotten_deal_without_a_step_says_how_long_it_was_quiet() -> None:
    assert step_label(None, 41, True, MONDAY) == "41 days quiet"


@pytest.mark.parametrize(
    ("quiet", "rot_days", "due", "rotten"),
    [
        (31, 30, None, True),
        (30, 30, None, False),
        (400, 0, None, False),
        (31, 30, MONDAY, False),
        (31, 30, date(2026, 11, 22), True),
    ],
)
def test_rot(quiet: int, rot_days: int, due: date | None, rotten: bool) -> None:
    assert is_rotten(quiet, rot_days, Step(due) if due else None, MONDAY) is rotten


def test_quiet_days_count_from_the_last_interaction_and_are_never_negative() -> None:
    assert days_quiet(date(2026, 11, 20), date(2026, 1, 1), MONDAY) == 3
    assert days_quiet(None, date(2026, 11, 1), MONDAY) == 22
    assert days_quiet(date(2026, 12, 1), date(2026, 11, 1), MONDAY) == 0


@given(st.floats(-1e10, 1e10), st.floats(1, 1e6))
def test_a_rank_lies_between_its_neighbours(above: float, gap: float) -> None:
    between, over, under = (rank_between(*pair, -1e12) for pair in ((above, above + gap), (None, above), (above, None)))
    assert between is not None and over is not None and under is not None
    assert above < between < above + gap and over < above < under
    assert rank_between(None, None, -7.0) == -7.0


def test_a_move_of_stage_is_an_interaction() -> None:
    assert days_quiet(date(2026, 11, 1), date(2026, 11, 20), MONDAY) == 3
