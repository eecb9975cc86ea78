"""Points and how they fade, against decimals computed another way and against properties that hold for any score."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.scoring.parts import parts_of, shown, singles
from crm_app.scoring.rules import (
    Bands,
    Event,
    Override,
    Rule,
    due_of,
    effective,
    faded,
    horizon,
    next_change,
    rounded,
    score_of,
)

DAY = date(2026, 5, 20)
TYPES = ("call", "meeting", "email")
points = st.integers(-1000, 1000).filter(bool)
rules = st.lists(
    st.builds(
        Rule,
        id=st.integers(1, 50),
        name=st.just("Rule"),
        points=points,
        event=st.sampled_from(("", *TYPES)),
        half_life=st.none() | st.integers(1, 400),
        cap=st.none() | st.integers(1, 2000),
    ),
    max_size=6,
    unique_by=lambda r: r.id,
)
events = st.lists(
    st.builds(Event, st.sampled_from(TYPES), st.integers(0, 500).map(lambda n: DAY - timedelta(n))), max_size=12
)
hits = st.frozensets(st.integers(1, 50))


def exact(points: int, age: int, half_life: int | None) -> Decimal:
    """The same with decimals of fifty places: points · ½^(age / half-life), to a tenth."""
    with localcontext() as context:
        context.prec = 50
        power = Decimal(0) if half_life is None else Decimal(age) / Decimal(half_life)
        value = Decimal(points) * (-power * Decimal(2).ln()).exp()
        return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("given_points", "age", "half_life", "wanted"),
    [(10, 0, 14, "10"), (10, 14, 14, "5"), (10, 28, 14, "2.5"), (-8, 7, 7, "-4"), (10, 999, None, "10")],
)
def test_points_halve_with_each_half_life(given_points: int, age: int, half_life: int | None, wanted: str) -> None:
    assert rounded(faded(given_points, age, half_life)) == Decimal(wanted)


@given(points, st.integers(0, 4000), st.none() | st.integers(1, 3650))
def test_fading_agrees_with_decimals(given_points: int, age: int, half_life: int | None) -> None:
    assert abs(rounded(faded(given_points, age, half_life)) - exact(given_points, age, half_life)) <= Decimal("0.1")
    assert abs(Decimal(faded(given_points, age, half_life)) - exact(given_points, age, half_life)) <= Decimal("0.0501")


@given(points, st.integers(0, 800), st.integers(1, 400))
def test_between_now_and_the_next_change_nothing_changes(given_points: int, age: int, half_life: int) -> None:
    change = next_change(given_points, age, half_life)
    now = rounded(faded(given_points, age, half_life))
    if change is None:
        assert now == 0
        return
    assert change >= 1
    assert rounded(faded(given_points, age + change - 1, half_life)) == now


@given(rules, hits, events)
def test_the_lines_add_up_to_the_score_and_order_does_not_matter(rs: list[Rule], held, es: list[Event]) -> None:
    score = score_of(rs, held, es, DAY)
    assert sum(line.points for line in score.lines) == score.total == score.fit + score.engagement
    assert score_of(rs, held, es[::-1], DAY).total == score.total
    assert score.total == score.total.quantize(Decimal("0.1"))
    parts = parts_of(score.lines, {rule.id: rule for rule in rs}, DAY)
    assert sum(part.points for part in parts) == score.total and len({p.lines[0].rule_id for p in parts}) == len(parts)
    assert sum(points for points, _ in singles((p for p in parts if p.is_event), 3)) == score.engagement


@given(rules, hits, events)
def test_the_score_is_the_one_of_the_plain_sum(rs: list[Rule], held, es: list[Event]) -> None:
    total = Decimal(0)
    for rule in rs:
        if not rule.event:
            total += rule.points if rule.id in held else 0
            continue
        gave = [rounded(faded(rule.points, (DAY - e.day).days, rule.half_life)) for e in es if e.type == rule.event]
        part = sum(gave, Decimal(0))
        total += part if rule.cap is None else max(-rule.cap, min(rule.cap, part))
    assert score_of(rs, held, es, DAY).total == total


@given(rules, events, st.integers(0, 300))
def test_without_new_events_engagement_only_fades(rs: list[Rule], es: list[Event], later: int) -> None:
    for rule in rs:
        now, then = (score_of([rule], frozenset(), es, d).engagement for d in (DAY, DAY + timedelta(later)))
        assert abs(then) <= abs(now) and now * then >= 0


@given(rules, hits, events)
def test_the_score_stands_until_the_day_it_names(rs: list[Rule], held, es: list[Event]) -> None:
    score = score_of(rs, held, es, DAY)
    last = score.due_on - timedelta(1) if score.due_on else DAY + timedelta(900)
    assert score.due_on is None or score.due_on > DAY
    assert score_of(rs, held, es, last).total == score.total


@given(rules, events)
def test_what_lies_behind_the_horizon_gives_nothing(rs: list[Rule], es: list[Event]) -> None:
    days = horizon(rs)
    if days is not None:
        old = [e for e in es if (DAY - e.day).days > days]
        assert score_of(rs, frozenset(), old, DAY).engagement == 0


def test_outcomes_caps_and_words() -> None:
    rule = Rule(1, "Calls", 10, event="call", outcome="reached", half_life=14, cap=15)
    done = [Event("call", DAY - timedelta(9), "reached", "Call"), Event("call", DAY, "busy", "Call")]
    score = score_of([rule], frozenset(), done, DAY)
    assert [(shown(line.points, 1), line.words) for line in score.lines] == [
        ("+6.4", "Call 9 days ago (10, half-life 14 days)")
    ]
    score = score_of([rule], frozenset(), [Event("call", DAY, "reached", "Call")] * 2, DAY)
    assert score.total == 15 and score.lines[-1].points == -5 and "at most 15" in score.lines[-1].words
    assert shown(Decimal("-12.40"), 1) == "−12.4" and shown(Decimal(1000)) == "+1,000"


def test_bands_begin_at_their_threshold() -> None:
    bands = Bands(20, 50)
    assert [bands.of(Decimal(s)) for s in ("-3", "19.9", "20", "49.9", "50")] == ["cold", "cold", "warm", "warm", "hot"]


def test_a_score_by_hand_holds_until_the_end_of_its_day() -> None:
    score = score_of([Rule(1, "Fit", 5)], frozenset({1}), [], DAY)
    until = Override(90, DAY)
    assert effective(score, until, DAY) == 90 and effective(score, until, DAY + timedelta(1)) == 5
    assert due_of(score, until, DAY) == DAY + timedelta(1) and due_of(score, until, DAY + timedelta(1)) is None
    assert effective(score, Override(90), DAY + timedelta(9999)) == 90 and due_of(score, Override(90), DAY) is None
