"""The forecast of a period beside last week's snapshot, and how near the snapshots of earlier periods came."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.core.clock import start_of
from crm_app.core.config import settings
from crm_app.forecast.queries.history import Touched, standing_of, touched_since
from crm_app.forecast.queries.sums import Stages
from crm_app.forecast.queries.whose import Whose
from crm_app.forecast.rules.figures import WEEKS_BEFORE, accuracy, looked_at, sure_and_hoped
from crm_app.forecast.rules.movement import MOVE_NAMES, MOVES, Window, movement
from crm_app.forecast.rules.periods import Period
from crm_app.rates.converter import Converter
from crm_app.tables import ForecastNight, ForecastSnapshot

snapshot, night = table_of(ForecastSnapshot), table_of(ForecastNight)
WEEK, EARLIER = timedelta(days=7), 4
SLACK = timedelta(days=3)  # a snapshot so much older than wished still counts as that of the day


@dataclass(frozen=True)
class Move:
    """What happened to some deals, how many they are, and what the sum gained or lost by it."""

    key: str
    name: str
    deals: int
    change: int


@dataclass(frozen=True)
class Comparison:
    """The sums of a snapshot by category, and what happened since; `taken_on` None: there is none so old."""

    taken_on: date | None = None
    sums: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)


@dataclass(frozen=True)
class EarlierLook:
    """What was counted on so many weeks before the end of a period; None: nobody looked."""

    weeks: int
    sure: int | None = None
    hoped: int | None = None
    percent: int | None = None


@dataclass(frozen=True)
class Earlier:
    """A period that is over: what was won in it, and what had been expected."""

    name: str
    won: int
    looks: list[EarlierLook]


def snapshot_sums(
    session: Session, of: Whose, wanted: Iterable[tuple[date, Period]], money: Converter
) -> dict[tuple[date, Period], dict[str, int]]:
    """Sums by category of the snapshot of each day for a period, in one statement."""
    pairs = list(dict.fromkeys(wanted))
    if not pairs:
        return {}
    asked = or_(*[(snapshot.c.taken_on == day) & (snapshot.c.month.in_(period.months())) for day, period in pairs])
    keys = (snapshot.c.taken_on, snapshot.c.month, snapshot.c.category, snapshot.c.currency)
    rights = of.on(snapshot.c.owner_id)
    query = select(*keys, func.sum(snapshot.c.sum_minor).label("minor")).where(asked, rights).group_by(*keys)
    found: dict[tuple[date, Period], dict[str, int]] = {pair: defaultdict(int) for pair in pairs}
    for row in session.connection().execute(query):
        for day, period in pairs:
            if row.taken_on == day and period.start <= row.month < period.end:
                found[day, period][row.category] += money.minor(int(row.minor), row.currency)
    return {pair: dict(amounts) for pair, amounts in found.items()}


def nights(session: Session, days: Sequence[date]) -> dict[date, date]:
    """For each day the newest snapshot of it or of shortly before; days without one are left out."""
    if not days:
        return {}
    taken = select(night.c.taken_on).where(night.c.taken_on.between(min(days) - SLACK, max(days)))
    known = sorted(session.connection().execute(taken).scalars())
    nearest = {day: max((n for n in known if day - SLACK <= n <= day), default=None) for day in days}
    return {day: found for day, found in nearest.items() if found is not None}


def compared(session: Session, of: Whose, stages: Stages, period: Period, today: date, money: Converter) -> Comparison:
    """The period a week ago, and what moved since."""
    taken = nights(session, [today - WEEK]).get(today - WEEK)
    if taken is None:
        return Comparison()
    then = snapshot_sums(session, of, [(taken, period)], money)[taken, period]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for _, key, change in moved(session, of, stages, period, taken, money):
        counts[key][0] += 1
        counts[key][1] += change
    moves = [Move(key, MOVE_NAMES[key], *counts[key]) for key in MOVES if key in counts]
    return Comparison(taken, then, moves)


def moved(
    session: Session, of: Whose, stages: Stages, period: Period, taken: date, money: Converter
) -> list[tuple[Touched, str, int]]:
    """Every deal that the forecast of the period gained, lost or sees otherwise since that morning."""
    window = Window(period.start, period.end, of.includes)
    found = []
    for one in touched_since(session, start_of(taken, settings().zone)):
        then, now = (standing_of(row, stages, money) for row in (one.then, one.now))
        happened = movement(then, now, window)
        if happened is not None:
            found.append((one, *happened))
    return found


def earlier(session: Session, of: Whose, period: Period, won: dict[Period, int], money: Converter) -> list[Earlier]:
    """The periods before this one, newest first, with what had been expected of each."""
    past = [period.later(-n) for n in range(1, EARLIER + 1)]
    days = {looked_at(p, weeks) for p in past for weeks in WEEKS_BEFORE}
    taken = nights(session, sorted(days))
    pairs = [(taken[looked_at(p, w)], p) for p in past for w in WEEKS_BEFORE if looked_at(p, w) in taken]
    expected = snapshot_sums(session, of, pairs, money)
    return [
        Earlier(p.name, won.get(p, 0), [_look(w, taken.get(looked_at(p, w)), p, won, expected) for w in WEEKS_BEFORE])
        for p in past
    ]


def _look(
    weeks: int,
    day: date | None,
    period: Period,
    won: dict[Period, int],
    expected: dict[tuple[date, Period], dict[str, int]],
) -> EarlierLook:
    if day is None:
        return EarlierLook(weeks)
    sure, hoped = sure_and_hoped(expected[day, period])
    return EarlierLook(weeks, sure, hoped, accuracy(sure, won.get(period, 0)))
