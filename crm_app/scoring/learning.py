"""What won and lost teach: naive Bayes over what was known of a person when a deal was opened. Pure.

P(won | features) ∝ P(won) · Π P(feature | won), with one added to each count (Laplace); features that are not known say
nothing. The log-odds are a sum, so that each feature's part of it is its reason.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LEAST_TRAINING, LEAST_HELD_OUT, HELD_OUT = 40, 20, 0.3  # outcomes of each kind; of each kind; the latest share
LEAST_SKILL = 0.02  # Brier skill score: 1 - Brier / Brier of the base rate
RARE = 5  # a value seen less often says nothing
Features = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """A closed deal: what was known when it was opened, when it was closed, and how."""

    opened_on: date
    closed_on: date
    won: bool
    features: Features


@dataclass(frozen=True)
class Model:
    """Log-odds to begin with, and what each value of each feature adds."""

    prior: float = 0.0
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def reasons(self, features: Features) -> list[tuple[str, str, float]]:
        """Feature, value and what it adds to the log-odds, the strongest first."""
        known = [
            (name, value, self.weights[name][value])
            for name, value in features.items()
            if value in self.weights.get(name, {})
        ]
        return sorted(known, key=lambda r: -abs(r[2]))

    def probability(self, features: Features) -> float:
        """Of winning a deal that were opened now."""
        odds = self.prior + sum(weight for _, _, weight in self.reasons(features))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


@dataclass(frozen=True)
class Bin:
    """Deals that were foretold alike: how many, the mean of what was foretold, and how many were won."""

    low: float
    high: float
    count: int
    foretold: float
    won: int


@dataclass(frozen=True)
class Measured:
    """How well a model of earlier outcomes foretold later ones; Brier scores (mean squared error): less is better."""

    trained_on: int
    held_out: int
    brier: float
    base_brier: float
    bins: tuple[Bin, ...] = ()

    @property
    def helps(self) -> bool:
        """Is it noticeably better than to foretell the same for all?"""
        return self.brier < self.base_brier * (1 - LEAST_SKILL)


@dataclass(frozen=True)
class Learned:
    """A model and how it was measured; without one, `missing` says what is needed."""

    model: Model | None = None
    measured: Measured | None = None
    missing: str = ""


def fit(outcomes: Sequence[Outcome]) -> Model:
    """Counts of each value among the won and the lost."""
    seen: dict[str, dict[bool, Counter[str]]] = {}
    totals: Counter[bool] = Counter(o.won for o in outcomes)
    for outcome in outcomes:
        for name, value in outcome.features.items():
            seen.setdefault(name, {True: Counter(), False: Counter()})[outcome.won][value] += 1
    weights: dict[str, dict[str, float]] = {}
    for name, counts in seen.items():
        values = [v for v in counts[True] | counts[False] if counts[True][v] + counts[False][v] >= RARE]
        sums = {won: sum(counts[won].values()) + len(values) for won in (True, False)}
        weights[name] = {
            v: math.log((counts[True][v] + 1) / sums[True]) - math.log((counts[False][v] + 1) / sums[False])
            for v in sorted(values)
        }
    return Model(math.log((totals[True] + 1) / (totals[False] + 1)), weights)


def split(outcomes: Iterable[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Those that were closed before a moment, and those opened after it; what lies across it is in neither.

    So no outcome that was not known yet teaches anything about the deals that are foretold.
    """
    ordered = sorted(outcomes, key=lambda o: (o.closed_on, o.opened_on))
    if not ordered:
        return [], []
    opened = sorted(o.opened_on for o in ordered)
    moment = opened[int(len(opened) * (1 - HELD_OUT))]
    return [o for o in ordered if o.closed_on < moment], [o for o in ordered if o.opened_on >= moment]


def measure(outcomes: Sequence[Outcome]) -> Measured | None:
    """On the held-out outcomes; None where these or the earlier ones are too few."""
    before, after = split(outcomes)
    if _few(before, LEAST_TRAINING) or _few(after, LEAST_HELD_OUT):
        return None
    model = fit(before)
    base = sum(o.won for o in before) / len(before)
    foretold = [(model.probability(o.features), o.won) for o in after]
    return Measured(
        len(before),
        len(after),
        sum((p - won) ** 2 for p, won in foretold) / len(foretold),
        sum((base - won) ** 2 for _, won in foretold) / len(foretold),
        reliability(foretold),
    )


def reliability(foretold: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Ten equal ranges of probability; empty ones are left out."""
    bins = []
    for n in range(10):
        inside = [(p, won) for p, won in foretold if n == min(9, int(p * 10))]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            bins.append(Bin(n / 10, (n + 1) / 10, len(inside), mean, sum(won for _, won in inside)))
    return tuple(bins)


def learn(outcomes: Sequence[Outcome]) -> Learned:
    """A model of all outcomes with the measure of its kind, or what is missing for one."""
    measured = measure(outcomes)
    if measured is None:
        return Learned(missing=missing(outcomes))
    return Learned(fit(outcomes), measured)


def missing(outcomes: Sequence[Outcome]) -> str:
    """How many outcomes there are, and how many are needed."""
    before, after = split(outcomes)
    won, lost = sum(o.won for o in outcomes), sum(not o.won for o in outcomes)
    need = f"{LEAST_TRAINING} won and {LEAST_TRAINING} lost before a day, and {LEAST_HELD_OUT} of each opened after it"
    there = f"{sum(o.won for o in before)} and {sum(not o.won for o in before)}, then"
    there += f" {sum(o.won for o in after)} and {sum(not o.won for o in after)}"
    return f"Too few deals to learn from: {won} won and {lost} lost with a person. Needed: {need} ({there} there are)."


def _few(outcomes: Sequence[Outcome], least: int) -> bool:
    won = sum(o.won for o in outcomes)
    return min(won, len(outcomes) - won) < least


def stored(learned: Learned) -> dict[str, Any]:
    """As JSON values; `restored` reads them back."""
    model, measured = learned.model, learned.measured
    return {
        "missing": learned.missing,
        "model": None
        if model is None
        else {"prior": model.prior, "weights": {name: dict(values) for name, values in model.weights.items()}},
        "measured": None
        if measured is None
        else {
            "trained_on": measured.trained_on,
            "held_out": measured.held_out,
            "brier": measured.brier,
            "base_brier": measured.base_brier,
            "bins": [[b.low, b.high, b.count, b.foretold, b.won] for b in measured.bins],
        },
    }


def restored(given: Mapping[str, Any]) -> Learned:
    """From what `stored` gave."""
    model, measured = given.get("model"), given.get("measured")
    return Learned(
        None if not model else Model(model["prior"], model["weights"]),
        None if not measured else Measured(**{**measured, "bins": tuple(Bin(*b) for b in measured["bins"])}),
        given.get("missing", ""),
    )
