"""Sums of a forecast, how they compare with a target, and how good an earlier one was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from crm_app.forecast.rules.categories import CATEGORIES, COUNTED
from crm_app.forecast.rules.periods import LENGTHS, Period

WEEKS_BEFORE = (4, 8, 12)


@dataclass(frozen=True)
class Figures:
    """Counts and sums (minor units) by category; `target` is None where nobody set one."""

    sums: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    target: int | None = None

    def of(self, category: str) -> int:
        return self.sums.get(category, 0)

    @property
    def expected(self) -> int:
        """What one can count on: won and commit."""
        return self.of("won") + self.of("commit")

    @property
    def total(self) -> int:
        """Everything that is counted."""
        return sum(self.of(c) for c in COUNTED)

    @property
    def attainment(self) -> int | None:
        """Won as per cent of the target, rounded down; None without a target."""
        return None if not self.target else self.of("won") * 100 // self.target

    @property
    def gap(self) -> int | None:
        """What is missing to the target, negative beyond it; None without a target."""
        return None if self.target is None else self.target - self.of("won")


def added(figures: Iterable[Figures], target: int | None = None) -> Figures:
    """The sum of figures, with this target."""
    sums: dict[str, int] = {}
    counts: dict[str, int] = {}
    for one in figures:
        for name, amount in one.sums.items():
            sums[name] = sums.get(name, 0) + amount
        for name, count in one.counts.items():
            counts[name] = counts.get(name, 0) + count
    return Figures(sums, counts, target)


def with_target(figures: Figures, target: int | None) -> Figures:
    """The same figures beside another target."""
    return replace(figures, target=target)


def target_of(given: Mapping[tuple[str, date], int], period: Period) -> int | None:
    """The target of a person or team in a period: the one set for it, else the sum of those of its parts.

    `given` maps (kind of period, first day) to an amount. None where there is none at all.
    """
    if (period.kind, period.start) in given:
        return given[period.kind, period.start]
    finer = {"year": "quarter", "quarter": "month"}.get(period.kind)
    if finer is None:
        return None
    parts = [target_of(given, Period(finer, start)) for start in (period.later(0).months())[:: LENGTHS[finer]]]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def rolled_up(
    parents: Mapping[int, int | None], own: Mapping[int, int | None], members: Mapping[int, int | None]
) -> dict[int, int | None]:
    """The target of every team: its own, else the sum of its members' and of the teams below.

    `parents` maps a team to the one above, `own` to its own target, `members` to the sum of its members' targets.
    """
    below: dict[int | None, list[int]] = {}
    for team, parent in parents.items():
        below.setdefault(parent if parent in parents else None, []).append(team)
    order = list(below.get(None, []))
    for team in order:
        order += below.get(team, [])
    found: dict[int, int | None] = {}
    for team in reversed(order):
        parts = [members.get(team), *(found[child] for child in below.get(team, []))]
        known = [part for part in parts if part is not None]
        found[team] = own[team] if own.get(team) is not None else sum(known) if known else None
    return found


def accuracy(expected: int, won: int) -> int:
    """How near a forecast came, in per cent: 100 is exact, 0 as wrong as what was won, or worse."""
    if not won:
        return 100 if not expected else 0
    return max(0, 100 - abs(expected - won) * 100 // won)


def looked_at(period: Period, weeks: int) -> date:
    """The day so many weeks before the end of a period."""
    return period.end - timedelta(weeks=weeks)


def sure_and_hoped(sums: Mapping[str, int]) -> tuple[int, int]:
    """What a snapshot counted on (won and commit), and that with the best case."""
    sure = sums.get("won", 0) + sums.get("commit", 0)
    return sure, sure + sums.get(CATEGORIES[1], 0)
