"""A score taken apart for a reader: one line for each rule, and behind it the single events. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_app.core.reader import numeral, rounded
from crm_app.scoring.rules import Line, Rule, ago

TENTHS = 1  # decimals of points


@dataclass(frozen=True)
class Part:
    """What one rule gives, in one line; its own lines add up to it."""

    points: Decimal
    words: str
    is_event: bool
    lines: tuple[Line, ...]


def parts_of(lines: Iterable[Line], rules: Mapping[int, Rule], day: date) -> list[Part]:
    """One part for each rule that gives something on that day, the most points first; all add up to the score."""
    by_rule: dict[int, list[Line]] = {}
    for line in lines:
        by_rule.setdefault(line.rule_id, []).append(line)
    found = [
        Part(total(mine), _words(rules[id], mine, day), mine[0].is_event, tuple(mine)) for id, mine in by_rule.items()
    ]
    return sorted(found, key=lambda part: -abs(part.points))


def _words(rule: Rule, lines: Sequence[Line], day: date) -> str:
    """`Meetings · 38 times, the last yesterday · capped at 40`."""
    days = [line.day for line in lines if line.day is not None]
    if not days:
        return lines[0].words
    last = ago((day - max(days)).days)
    often = f"once, {last}" if len(days) == 1 else f"{numeral(len(days))} times, the last {last}"
    bound = f" · capped at {rule.cap}" if len(days) < len(lines) else ""
    return f"{rule.name} · {often}{bound}"


def singles(parts: Iterable[Part], most: int) -> list[tuple[Decimal, str]]:
    """Points and words of the single events, the latest first, the older ones in one; then what bounds take off."""
    lines = [line for part in parts for line in part.lines]
    events = sorted((x for x in lines if x.day), key=lambda x: x.day or date.min, reverse=True)
    found = [(line.points, line.words) for line in events[:most]]
    if rest := events[most:]:
        found.append((total(rest), "1 more" if len(rest) == 1 else f"{numeral(len(rest))} more"))
    return found + [(line.points, line.words) for line in lines if line.day is None]


def total(lines: Iterable[Line]) -> Decimal:
    """What lines come to together."""
    return sum((line.points for line in lines), Decimal(0))


def decimals(points: Collection[Decimal]) -> int:
    """How many decimals figures that stand together are written with: none where all are whole."""
    return TENTHS if any(one % 1 for one in points) else 0


def shown(points: Decimal, places: int = 0) -> str:
    """`+15`, `−12.4`."""
    return f"{'+' if points >= 0 else '−'}{rounded(abs(points), places)}"
