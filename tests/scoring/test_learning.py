"""Naive Bayes against fractions, its measure on what came later, and features as they were known then."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.scoring.history import features_now, keep_learning, latest, outcomes
from crm_app.scoring.learning import RARE, Outcome, fit, learn, measure, reliability, restored, split, stored
from tests.support.builders import make, make_deal, make_pipeline

START = date(2025, 1, 1)


def sample(number: int, chances: dict[str, float], seed: int = 1) -> list[Outcome]:
    """Deals, one opened a day, each open for ten days, won by the chance of their colour."""
    random = Random(seed)
    found = []
    for n in range(number):
        colour = random.choice(list(chances))
        opened = START + timedelta(n)
        won = random.random() < chances[colour]
        found.append(Outcome(opened, opened + timedelta(10), won, {"colour": colour}))
    return found


def by_fractions(known: list[Outcome], features: dict[str, str]) -> float:
    """P(won | features) by the definition, with one added to each count."""
    odds = Fraction(sum(o.won for o in known) + 1, sum(not o.won for o in known) + 1)
    for name, value in features.items():
        counts = Counter((o.won, o.features[name]) for o in known if name in o.features)
        values = {v for _, v in counts if counts[True, v] + counts[False, v] >= RARE}
        if value not in values:
            continue
        won, lost = (sum(n for (w, _), n in counts.items() if w is kind) + len(values) for kind in (True, False))
        odds *= Fraction(counts[True, value] + 1, won) / Fraction(counts[False, value] + 1, lost)
    return float(odds / (1 + odds))


features = st.dictionaries(st.sampled_from(("a", "b", "c")), st.sampled_from(("x", "y", "z")))
cases = st.lists(st.tuples(features, st.booleans()), min_size=1, max_size=60)


@given(cases, features)
def test_probabilities_are_those_of_fractions_and_reasons_add_up(rows, asked: dict[str, str]) -> None:
    known = [Outcome(START, START, won, f) for f, won in rows]
    model = fit(known)
    assert model.probability(asked) == pytest.approx(by_fractions(known, asked), rel=1e-9)
    odds = model.prior + sum(weight for _, _, weight in model.reasons(asked))
    import math

    assert math.log(model.probability(asked) / (1 - model.probability(asked))) == pytest.approx(odds, abs=1e-6)


def test_what_decides_is_found_and_measured_on_what_came_later() -> None:
    learned = learn(sample(900, {"red": 0.8, "blue": 0.2}))
    assert learned.model is not None and learned.measured is not None
    assert 0.72 < learned.model.probability({"colour": "red"}) < 0.88
    assert learned.measured.helps and learned.measured.brier < 0.19 < 0.24 < learned.measured.base_brier
    for one in learned.measured.bins:
        assert abs(one.won / one.count - one.foretold) < 0.12
    assert sum(b.count for b in learned.measured.bins) == learned.measured.held_out
    assert restored(stored(learned)) == learned


def test_noise_is_not_sold_as_knowledge() -> None:
    measured = measure(sample(900, {"red": 0.5, "blue": 0.5}, seed=4))
    assert measured is not None and abs(measured.brier - measured.base_brier) < 0.01 and not measured.helps


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90), st.booleans()), max_size=80))
def test_nothing_is_learned_from_what_was_not_over_yet(rows: list[tuple[int, int, bool]]) -> None:
    known = [Outcome(START + timedelta(a), START + timedelta(a + b), won, {}) for a, b, won in rows]
    before, after = split(known)
    if before and after:
        assert max(o.closed_on for o in before) < min(o.opened_on for o in after)


def test_too_few_outcomes_give_no_score_but_the_number_that_is_needed() -> None:
    learned = learn(sample(60, {"red": 0.8, "blue": 0.2}))
    assert learned.model is None and learned.measured is None
    assert "60" not in learned.missing and "Needed: 40 won and 40 lost" in learned.missing
    assert learn([]).missing.startswith("Too few deals to learn from: 0 won and 0 lost")


def test_the_table_of_reliability_counts_each_once() -> None:
    bins = reliability([(0.0, False), (0.05, True), (0.95, True), (1.0, True)])
    assert [(b.low, b.count, b.won) for b in bins] == [(0.0, 2, 1), (0.9, 2, 2)]


def _write(change: Change, day: date) -> int:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    wish = Change(change.kind, change.id, change.set, change.op, effective_at=at)
    return db.write_sync(lambda s: apply(s, SYSTEM, wish, source="history").id)


def test_features_are_those_of_the_day_the_deal_was_opened(database_url: str) -> None:
    pipeline = make_pipeline()
    early, opened, late = date(2025, 1, 1), date(2025, 3, 1), date(2025, 4, 1)
    firm = _write(Change("company", op="create", set={"name": "Firm", "industry": "Retail", "employees": 40}), early)
    values = {"last_name": "Doe", "title": "Clerk", "company_id": firm}
    who = _write(Change("person", op="create", set=values), early)
    for type_, day in (("meeting", date(2025, 2, 1)), ("call", late), ("call", date(2024, 6, 1))):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        make("activity", type=type_, subject="X", person_id=who, done_at=at)
    make_deal(pipeline, "Won", person_id=who, opened_on=opened, closed_on=date(2025, 5, 1))
    stranger = _write(Change("person", op="create", set={"last_name": "New", "title": "Director"}), late)
    make_deal(pipeline, "Lost", person_id=stranger, opened_on=opened, closed_on=date(2025, 5, 2))
    _write(Change("person", who, {"title": "Director"}), late)
    _write(Change("company", firm, {"employees": 5000}), late)
    found = {o.won: o.features for o in db.read_sync(outcomes)}
    assert found[True] == {"seniority": "other", "industry": "retail", "size": "below 50", "activity": "1 or 2"}
    assert found[False] == {"activity": "none"}  # nothing was known of somebody who was not there yet
    now = db.read_sync(features_now, who)
    assert (now["seniority"], now["size"], now["activity"]) == ("decides", "1,000 or more", "none")
    assert keep_learning() == 2 and keep_learning() == 0
    assert "Too few" in db.read_sync(latest).missing
