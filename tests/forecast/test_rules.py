"""Rules of the forecast by tables, and what holds for any deals."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.deals.kind import FORECASTS
from crm_app.forecast.rules.categories import CATEGORIES, COUNTED, category_of, usual_category
from crm_app.forecast.rules.figures import Figures, accuracy, added, looked_at, rolled_up, target_of
from crm_app.forecast.rules.movement import MOVES, Standing, Window, movement
from crm_app.forecast.rules.periods import LENGTHS, Period, add_months, is_start, period_of


@pytest.mark.parametrize(
    ("chosen", "kind", "probability", "expected"),
    [
        (None, "open", 0, "pipeline"),
        (None, "open", 39, "pipeline"),
        (None, "open", 40, "best_case"),
        (None, "open", 69, "best_case"),
        (None, "open", 70, "commit"),
        (None, "open", 100, "commit"),
        ("commit", "open", 5, "commit"),
        ("omitted", "open", 95, "omitted"),
        ("pipeline", "open", 95, "pipeline"),
        ("commit", "won", 100, "won"),
        ("omitted", "won", 100, "won"),
        (None, "lost", 0, "lost"),
        ("commit", "lost", 0, "lost"),
    ],
)
def test_the_category(chosen: str | None, kind: str, probability: int, expected: str) -> None:
    assert category_of(chosen, kind, probability) == expected


def test_what_can_be_chosen_is_what_is_counted_or_left_out() -> None:
    assert {*CATEGORIES, "omitted"} == set(FORECASTS)
    assert {usual_category(p) for p in range(101)} == set(CATEGORIES)


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "name"),
    [
        ("month", date(2026, 11, 25), date(2026, 11, 1), date(2026, 12, 1), "Nov 2026"),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1), "Dec 2026"),
        ("quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 4, 1), "Q1 2026"),
        ("quarter", date(2026, 10, 1), date(2026, 10, 1), date(2027, 1, 1), "Q4 2026"),
        ("year", date(2024, 2, 29), date(2024, 1, 1), date(2025, 1, 1), "2024"),
    ],
)
def test_periods(kind: str, day: date, start: date, end: date, name: str) -> None:
    found = period_of(kind, day)
    assert (found.start, found.end, found.name) == (start, end, name)
    assert is_start(kind, start) and not is_start(kind, start + timedelta(1))


DAYS = st.dates(date(1990, 1, 1), date(2200, 1, 1))


def test_short_names_name_the_year_where_it_changes() -> None:
    months = [Period("month", date(2026, 12, 1)).later(n).short for n in range(3)]
    assert months == ["Dec", "Jan 27", "Feb"]
    assert Period("quarter", date(2026, 10, 1)).short == "Q4 26" and Period("year", date(2026, 1, 1)).short == "2026"


@given(st.sampled_from(sorted(LENGTHS)), DAYS, st.integers(-30, 30))
def test_periods_follow_each_other_without_a_gap(kind: str, day: date, count: int) -> None:
    found = period_of(kind, day)
    assert found.start <= day < found.end
    assert found.later(1).start == found.end and period_of(kind, found.end) == found.later(1)
    assert found.later(count).later(-count) == found
    assert [m.day for m in found.months()] == [1] * LENGTHS[kind] and add_months(found.months()[-1], 1) == found.end


START, END = date(2026, 11, 1), date(2026, 12, 1)
IN, OUT = date(2026, 11, 20), date(2027, 2, 1)
WINDOW = Window(START, END, lambda owner: owner == 1)


def at(category: str = "commit", value: int = 100, day: date | None = IN, owner: int = 1, gone: bool = False):
    return Standing(category, value, day, owner, gone)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (None, at(), ("new", 100)),
        (None, at(day=OUT), None),
        (at(day=OUT), at(value=70), ("moved_in", 70)),
        (at(day=None), at(), ("moved_in", 100)),
        (at(owner=2), at(), ("handed_in", 100)),
        (at("omitted"), at(), ("back", 100)),
        (at("lost"), at("pipeline"), ("back", 100)),
        (at(gone=True), at(), ("back", 100)),
        (at(), at("lost"), ("lost", -100)),
        (at(), None, ("lost", -100)),
        (at(), at(gone=True), ("lost", -100)),
        (at(), at(day=OUT), ("moved_out", -100)),
        (at(), at(day=END), ("moved_out", -100)),
        (at(), at(owner=2), ("handed_out", -100)),
        (at(), at("omitted", value=900), ("left_out", -100)),
        (at(), at("won", value=130), ("won", 30)),
        (at("pipeline"), at("commit"), ("category", 0)),
        (at(), at(value=150), ("up", 50)),
        (at(), at(value=60), ("down", -40)),
        (at(), at(day=START), None),
        (at("lost"), at("lost"), None),
        (at("won"), at("won"), None),
    ],
)
def test_what_became_of_a_deal(then: Standing | None, now: Standing | None, expected: tuple[str, int] | None) -> None:
    assert movement(then, now, WINDOW) == expected


STANDINGS = st.none() | st.builds(
    Standing,
    st.sampled_from([*COUNTED, "lost", "omitted"]),
    st.integers(0, 10**12),
    st.none() | st.dates(date(2026, 9, 1), date(2027, 1, 31)),
    st.none() | st.integers(1, 3),
    st.booleans(),
)


@given(st.lists(st.tuples(STANDINGS, STANDINGS), max_size=30))
def test_what_moved_explains_the_whole_difference(deals: list[tuple[Standing | None, Standing | None]]) -> None:
    def total(place: int) -> int:
        found = [pair[place] for pair in deals]
        return sum(one.value for one in found if one is not None and WINDOW.counts(one))

    moved = [movement(then, now, WINDOW) for then, now in deals]
    assert total(1) - total(0) == sum(change for found in moved if found for _, change in [found])
    assert {found[0] for found in moved if found} <= set(MOVES)


@given(STANDINGS)
def test_nothing_moves_where_nothing_changed(standing: Standing | None) -> None:
    assert movement(standing, standing, WINDOW) is None


JAN, APR = date(2026, 1, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("given_targets", "period", "expected"),
    [
        ({}, Period("year", JAN), None),
        ({("month", JAN): 5}, Period("month", JAN), 5),
        ({("month", JAN): 5}, Period("month", APR), None),
        ({("month", JAN): 5, ("month", date(2026, 3, 1)): 7}, Period("quarter", JAN), 12),
        ({("month", JAN): 5, ("quarter", JAN): 100}, Period("quarter", JAN), 100),
        ({("month", JAN): 5, ("quarter", APR): 100}, Period("year", JAN), 105),
        ({("year", JAN): 1, ("quarter", APR): 100}, Period("year", JAN), 1),
        ({("quarter", JAN): 90}, Period("month", JAN), None),
        ({("quarter", JAN): 0}, Period("quarter", JAN), 0),
    ],
)
def test_a_target_set_for_a_period_goes_before_the_sum_of_its_parts(
    given_targets: dict[tuple[str, date], int], period: Period, expected: int | None
) -> None:
    assert target_of(given_targets, period) == expected


def test_targets_of_teams_are_their_own_or_what_is_below() -> None:
    parents = {1: None, 2: 1, 3: 1, 4: 3, 5: None}
    found = rolled_up(parents, {3: 50}, {1: 5, 2: 10, 4: 1000, 5: None})
    assert found == {1: 65, 2: 10, 3: 50, 4: 1000, 5: None}


FIGURES = st.builds(
    Figures,
    st.dictionaries(st.sampled_from(COUNTED), st.integers(0, 10**9)),
    st.dictionaries(st.sampled_from(COUNTED), st.integers(0, 99)),
)


@given(st.lists(FIGURES, max_size=8))
def test_a_sum_is_the_sum_of_its_parts(parts: list[Figures]) -> None:
    whole = added(parts)
    assert whole.total == sum(p.total for p in parts)
    assert whole.expected == sum(p.expected for p in parts)
    assert sum(whole.counts.values()) == sum(sum(p.counts.values()) for p in parts)


@pytest.mark.parametrize(
    ("won", "target", "attainment", "gap"),
    [(50, 200, 25, 150), (250, 200, 125, -50), (199, 200, 99, 1), (0, 0, None, 0), (10, None, None, None)],
)
def test_attainment_and_gap(won: int, target: int | None, attainment: int | None, gap: int | None) -> None:
    found = Figures({"won": won}, {}, target)
    assert (found.attainment, found.gap) == (attainment, gap)


@pytest.mark.parametrize(
    ("expected", "won", "percent"),
    [(100, 100, 100), (90, 100, 90), (110, 100, 90), (300, 100, 0), (0, 0, 100), (5, 0, 0)],
)
def test_accuracy(expected: int, won: int, percent: int) -> None:
    assert accuracy(expected, won) == percent


def test_weeks_before_the_end_of_a_period() -> None:
    assert looked_at(Period("month", date(2026, 11, 1)), 4) == date(2026, 11, 3)
