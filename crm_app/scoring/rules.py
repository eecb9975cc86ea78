"""Points, how they fade, what bounds them, and when the passing of time changes a score next. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

TENTH = Decimal("0.1")
BANDS = ("cold", "warm", "hot")
MOST_POINTS, MOST_DAYS = 1000, 3650
NEAR = 0.05  # what rounds to nothing


@dataclass(frozen=True)
class Rule:
    """Points for a condition (`about` person or company) or for each event; `half_life` in days, None: they stay."""

    id: int
    name: str
    points: int
    about: str = "person"
    event: str = ""
    outcome: str = ""
    half_life: int | None = None
    cap: int | None = None

    @property
    def is_event(self) -> bool:
        return bool(self.event)


@dataclass(frozen=True)
class Bands:
    """From how many points somebody is warm, and hot."""

    warm_from: int = 20
    hot_from: int = 50

    def of(self, score: Decimal) -> str:
        """The band of a score."""
        return "hot" if score >= self.hot_from else "warm" if score >= self.warm_from else "cold"


@dataclass(frozen=True)
class Event:
    """Something that a person did, on a day in UTC; `label` says what, as in `Meeting`."""

    type: str
    day: date
    outcome: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    """Points and why; all lines of a score add up to it. `day` is that of an event, None for a condition or a bound."""

    points: Decimal
    words: str
    rule_id: int
    is_event: bool
    day: date | None = None


@dataclass(frozen=True)
class Score:
    """What the rules give; `due_on` is the first day on which time may change it, None for never."""

    lines: tuple[Line, ...] = field(default=())
    due_on: date | None = None

    @cached_property
    def fit(self) -> Decimal:
        return sum((line.points for line in self.lines if not line.is_event), Decimal(0))

    @cached_property
    def engagement(self) -> Decimal:
        return sum((line.points for line in self.lines if line.is_event), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.fit + self.engagement


@dataclass(frozen=True)
class Override:
    """A score that somebody set by hand, until the end of a day or for good."""

    value: int
    until_day: date | None = None

    def holds(self, day: date) -> bool:
        """Is it in force on that day?"""
        return self.until_day is None or day <= self.until_day


def faded(points: int, age: int, half_life: int | None) -> float:
    """Points after so many days: half after each half-life."""
    return float(points) if half_life is None else points * 2.0 ** (-max(0, age) / half_life)


def rounded(value: float) -> Decimal:
    """To a tenth, halves away from zero."""
    return Decimal(value).quantize(TENTH, ROUND_HALF_UP)


def horizon(rules: Iterable[Rule]) -> int | None:
    """After how many days no event gives anything any more; None if some never fade away."""
    days = 0
    for rule in rules:
        if rule.is_event and rule.points:
            if rule.half_life is None:
                return None
            days = max(days, math.ceil(rule.half_life * math.log2(abs(rule.points) / NEAR)) + 1)
    return days


def next_change(points: int, age: int, half_life: int | None) -> int | None:
    """In how many days the rounded points are others: at least one; None for never."""
    shown = abs(rounded(faded(points, age, half_life)))
    if half_life is None or shown == 0:
        return None
    exact = half_life * math.log2(abs(points) / (float(shown) - NEAR)) - max(0, age)
    return max(1, math.ceil(exact) - min(0, age))  # an event of tomorrow begins to fade the day after


def score_of(rules: Sequence[Rule], hits: frozenset[int], events: Sequence[Event], day: date) -> Score:
    """The score on a day: `hits` are the rules whose condition holds, `events` what the person did."""
    lines: list[Line] = []
    due: list[int] = []
    by_type: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_type[event.type].append(event)
    for rule in rules:
        if not rule.is_event:
            if rule.id in hits:
                lines.append(Line(Decimal(rule.points), rule.name, rule.id, False))
            continue
        meant = [e for e in by_type.get(rule.event, ()) if not rule.outcome or e.outcome == rule.outcome]
        if not meant:
            continue
        found, changes = _engagement(rule, meant, day)
        lines += found
        due += changes
    return Score(tuple(lines), day + timedelta(min(due)) if due else None)


def _engagement(rule: Rule, events: Sequence[Event], day: date) -> tuple[list[Line], list[int]]:
    """The lines of one rule, newest first, and in how many days one of them changes."""
    lines: list[Line] = []
    due: list[int] = []
    for event in sorted(events, key=lambda e: e.day, reverse=True):
        age = (day - event.day).days
        points = rounded(faded(rule.points, age, rule.half_life))
        if points:
            lines.append(Line(points, event_words(rule, event, age), rule.id, True, event.day))
            change = next_change(rule.points, age, rule.half_life)
            due += [] if change is None else [change]
    total = sum((line.points for line in lines), Decimal(0))
    if rule.cap is not None and abs(total) > rule.cap:
        bound = Decimal(rule.cap if total > 0 else -rule.cap)
        lines.append(Line(bound - total, f"{rule.name}: at most {rule.cap} together", rule.id, True))
    return lines, due


def event_words(rule: Rule, event: Event, age: int) -> str:
    """`Meeting 9 days ago (10, half-life 14 days)`."""
    fades = f", half-life {rule.half_life} day{'s' * (rule.half_life != 1)}" if rule.half_life else ""
    return f"{event.label or rule.name} {ago(age)} ({rule.points}{fades})"


def ago(days: int) -> str:
    """`today`, `yesterday`, `9 days ago`."""
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"


def effective(score: Score, override: Override | None, day: date) -> Decimal:
    """What counts: the score set by hand while it is in force, else the computed one."""
    return Decimal(override.value) if override is not None and override.holds(day) else score.total


def due_of(score: Score, override: Override | None, day: date) -> date | None:
    """When the passing of time must be looked at next."""
    days = [score.due_on] if score.due_on else []
    if override is not None and override.until_day is not None and override.holds(day):
        days.append(override.until_day + timedelta(1))
    return min(days, default=None)


def moved(before: Mapping[int, str], after: Mapping[int, str]) -> dict[tuple[str, str], int]:
    """How many went from which band to which other one."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for id, band in after.items():
        if before[id] != band:
            found[before[id], band] += 1
    return dict(found)
