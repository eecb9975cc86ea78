"""The forecast as its screen shows it: words and per cents made from plain figures, for one reader."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from babel.numbers import format_compact_currency

from crm_app.core.money import format_money, to_major, to_minor
from crm_app.core.numbers import formats_of
from crm_app.core.reader import numeral, short_day
from crm_app.forecast.queries.comparison import Comparison, Earlier, Move
from crm_app.forecast.queries.page import Column, Forecast, Line
from crm_app.forecast.rules.categories import CATEGORY_NAMES, COUNTED
from crm_app.forecast.rules.figures import WEEKS_BEFORE, Figures
from crm_app.forecast.rules.periods import LENGTHS
from crm_app.identity.queries import initials_of

Write = Callable[[int | None], str]


@dataclass(frozen=True)
class Tile:
    """A figure at the top; `key` names the deals behind it, empty where there are none."""

    key: str
    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in per cent of the highest."""

    key: str
    percent: float
    words: str


@dataclass(frozen=True)
class Bar:
    """A period of the chart; `target` is where its line stands, in per cent, below 0 for none."""

    name: str
    start: str
    on: bool
    value: str
    words: str
    target: float
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class LineRow:
    """A line of the roll-up."""

    key: str
    name: str
    initials: str
    color: str
    indent: str
    won: str
    commit: str
    best_case: str
    pipeline: str
    target: str
    gap: str
    attainment: str
    percent: int
    tone: str


@dataclass(frozen=True)
class ThenRow:
    """A category last week and now."""

    key: str
    name: str
    then: str
    now: str
    change: str
    tone: str


@dataclass(frozen=True)
class MoveRow:
    """What happened to some deals."""

    key: str
    name: str
    deals: str
    change: str
    tone: str


@dataclass(frozen=True)
class EarlierRow:
    """A period that is over: what was expected before, and how near that was."""

    name: str
    won: str
    looks: list[str] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ForecastView:
    """Everything above the list of deals."""

    kind: str
    by: str
    period: str
    start: str
    before: str
    after: str
    tiles: list[Tile]
    bars: list[Bar]
    lines: list[LineRow]
    then_day: str
    then: list[ThenRow]
    moves: list[MoveRow]
    earlier: list[EarlierRow]
    has_earlier: bool
    undated: int
    late: int
    unrated: str
    is_empty: bool


def shown(found: Forecast, locale: str) -> ForecastView:
    """The screen of a forecast."""

    def write(minor: int | None) -> str:
        if minor is None:
            return ""
        whole = to_major(minor, found.currency).to_integral_value()
        return format_money(to_minor(whole, found.currency), found.currency, locale)

    asked = found.asked
    return ForecastView(
        asked.period.kind,
        asked.by,
        asked.period.name,
        asked.period.start.isoformat(),
        asked.period.later(-1).start.isoformat(),
        asked.period.later(1).start.isoformat(),
        _tiles(found.whole, write),
        _bars(found.columns, write, lambda minor: compact(minor, found.currency, locale)),
        [_line(line, write) for line in found.lines],
        _day(found.comparison.taken_on),
        _then(found.comparison, found.whole, write),
        [_move(one, write) for one in found.comparison.moves],
        [_earlier(one, write) for one in found.earlier],
        any(look.percent is not None for one in found.earlier for look in one.looks),
        found.undated,
        found.late,
        ", ".join(found.unrated),
        not found.lines and not any(c.figures.counts for c in found.columns),
    )


def _move(one: Move, write: Write) -> MoveRow:
    return MoveRow(one.key, one.name, _deals(one.deals), _change(one.change, write), _tone(one.change))


def _deals(count: int) -> str:
    return f"{numeral(count)} deal{'' if count == 1 else 's'}"


def _day(day: date | None) -> str:
    return short_day(day) if day else ""


def _change(change: int, write: Write) -> str:
    words = write(change)
    return "±0" if words == write(0) else ("+" if change > 0 else "") + words


def _tone(change: int) -> str:
    return "g" if change > 0 else "r" if change < 0 else ""


def _tiles(whole: Figures, write: Write) -> list[Tile]:
    done = "" if whole.attainment is None else f"{numeral(whole.attainment)} % of the target"
    gap = whole.gap
    if gap is None:
        aim = Tile("", "Target", "–", "None set")
    elif gap <= 0:
        over = write(-gap)
        aim = Tile("", "Target", write(whole.target), "Reached" if over == write(0) else f"{over} over", "g")
    else:
        aim = Tile("", "Target", write(whole.target), f"{write(gap)} to go")
    tiles = [
        aim,
        Tile("won", CATEGORY_NAMES["won"], write(whole.of("won")), done or _deals(whole.counts.get("won", 0))),
    ]
    for name in COUNTED[1:]:
        tiles.append(Tile(name, CATEGORY_NAMES[name], write(whole.of(name)), _deals(whole.counts.get(name, 0))))
    covered = None if not whole.target else whole.expected * 100 // whole.target
    sure = "Won and commit" if covered is None else f"{numeral(covered)} % of the target"
    return [*tiles, Tile("", "Expected", write(whole.expected), sure)]


def compact(minor: int, currency: str, locale: str) -> str:
    """An amount in few letters, such as $1.2M."""
    major = to_major(minor, currency)
    return format_compact_currency(major, currency, locale=formats_of(locale), fraction_digits=1) if minor else ""


def _bars(columns: list[Column], write: Write, short: Callable[[int], str]) -> list[Bar]:
    highest = max((max(c.figures.total, c.figures.target or 0) for c in columns), default=0) or 1

    def per_cent(amount: int) -> float:
        return round(amount * 100 / highest, 2)

    bars = []
    for column in columns:
        figures = column.figures
        parts = [Segment(n, per_cent(figures.of(n)), f"{CATEGORY_NAMES[n]} {write(figures.of(n))}") for n in COUNTED]
        words = ", ".join(part.words for part in parts)
        aim = "no target" if figures.target is None else f"target {write(figures.target)}"
        line = -1.0 if figures.target is None else per_cent(figures.target)
        start = column.period.start.isoformat()
        told = f"{column.period.name}: {words}, {aim}"
        shown_parts = [part for part in parts if part.percent]
        amount = short(figures.total)
        bars.append(Bar(column.period.short, start, column is columns[0], amount, told, line, shown_parts))
    return bars


def _line(line: Line, write: Write) -> LineRow:
    figures, done = line.figures, line.figures.attainment
    percent = 0 if done is None else min(done, 100)
    won, commit, best_case, pipeline = (write(figures.of(n)) if figures.of(n) else "–" for n in COUNTED)
    gap = figures.gap
    return LineRow(
        key=line.key,
        name=line.name,
        initials=initials_of(line.name) if line.color else "",
        color=line.color,
        indent=f"{line.depth * 18}px",
        won=won,
        commit=commit,
        best_case=best_case,
        pipeline=pipeline,
        target=write(figures.target) or "–",
        gap="" if gap is None else write(gap) if gap > 0 else "Reached",
        attainment="" if done is None else f"{numeral(done)} %",
        percent=percent,
        tone="g" if percent >= 100 else "",
    )


def _then(comparison: Comparison, whole: Figures, write: Write) -> list[ThenRow]:
    if comparison.taken_on is None:
        return []
    rows = []
    for name in COUNTED:
        then, now = comparison.sums.get(name, 0), whole.of(name)
        rows.append(
            ThenRow(name, CATEGORY_NAMES[name], write(then), write(now), _change(now - then, write), _tone(now - then))
        )
    before = sum(comparison.sums.get(name, 0) for name in COUNTED)
    change = whole.total - before
    return [*rows, ThenRow("all", "Together", write(before), write(whole.total), _change(change, write), _tone(change))]


def _earlier(one: Earlier, write: Write) -> EarlierRow:
    looks = [f"{write(look.sure)} · {look.percent} %" if look.percent is not None else "–" for look in one.looks]
    tones = [
        "" if look.percent is None else "g" if look.percent >= 85 else "y" if look.percent >= 60 else "r"
        for look in one.looks
    ]
    return EarlierRow(one.name, write(one.won), looks, tones)


KIND_NAMES = [(kind, kind.capitalize()) for kind in LENGTHS]
LOOK_NAMES = [f"{weeks} weeks before" for weeks in WEEKS_BEFORE]
