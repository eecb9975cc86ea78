"""How good a record is: 100 less the share of the weights that it lacks; and percentages of checks passed. Pure."""

from collections.abc import Iterable

from crm_app.quality.rules.catalogue import Rule
from crm_app.quality.rules.expressions import Facts, Given, holds


def whole_weight(rules: Iterable[Rule]) -> int:
    """What the active rules of a kind weigh together; at least 1, so that it divides."""
    return max(1, sum(rule.weight for rule in rules if rule.active))


def score(lacking: int, whole: int) -> int:
    """0–100, rounded down: 100 lacks nothing; `lacking` is the weight of the rules that a record does not keep."""
    return 100 * (whole - lacking) // whole


def gaps_of(rules: Iterable[Rule], facts: Facts, given: Given) -> list[Rule]:
    """The active rules that this record does not keep, the heaviest first: what to fix first."""
    found = [r for r in rules if r.active and holds(r.gap, facts, given.with_days(r.days))]
    return by_weight(found)


def by_weight(rules: Iterable[Rule]) -> list[Rule]:
    """The heaviest first, equals in the order of the catalogue."""
    return sorted(rules, key=lambda rule: -rule.weight)


def percent(kept: int, of: int) -> int | None:
    """Whole percent, rounded down: 100 lacks nothing, and 0 is nothing at all; None of nothing."""
    if of <= 0:
        return None
    return 0 if kept <= 0 else min(max(100 * kept // of, 1), 100)


def mean(points: int, records: int) -> int | None:
    """The mean of scores, rounded down like each of them; None of no records."""
    return percent(points, 100 * records)
