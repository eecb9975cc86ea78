"""The way of a deal through its stages: where it stood, since when, for how many days. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_app.core.reader import numeral

YEARLY = {"month": 12, "quarter": 4, "year": 1}
LEAST = 20


@dataclass(frozen=True)
class Move:
    """One row of the log that put a deal into a stage; `undoes` is the row that it takes back."""

    seq: int
    at: datetime
    came_from: int | None
    to: int
    who: str = ""
    undoes: int | None = None


@dataclass(frozen=True)
class Visit:
    """A stay in a stage, by the days of the reader's zone; the last one has no end."""

    stage_id: int
    came_from: int | None
    since: datetime
    until: datetime | None
    who: str
    days: int


def visits(moves: Sequence[Move], now: datetime, zone: str) -> list[Visit]:
    """The stays in the order in which they were written down.

    A move that was taken back at once did not happen. A time before that of the move before counts as that one, so
    that no stay is negative and the days of all add up to those between the first move and today.
    """
    standing: list[Move] = []
    for move in moves:
        if standing and move.undoes == standing[-1].seq:
            standing.pop()
        else:
            standing.append(move)
    times = _rising(move.at for move in standing)
    ends = [*times[1:], *(max(now, last) for last in times[-1:])]
    place = ZoneInfo(zone)
    return [
        Visit(
            move.to,
            move.came_from,
            since,
            until if n + 1 < len(standing) else None,
            move.who,
            (until.astimezone(place).date() - since.astimezone(place).date()).days,
        )
        for n, (move, since, until) in enumerate(zip(standing, times, ends, strict=True))
    ]


def _rising(times: Iterable[datetime]) -> list[datetime]:
    found: list[datetime] = []
    for at in times:
        found.append(max(at, found[-1]) if found else at)
    return found


def days_by_stage(stays: Iterable[Visit]) -> dict[int, int]:
    """The days in each stage, all stays together."""
    found: dict[int, int] = {}
    for stay in stays:
        found[stay.stage_id] = found.get(stay.stage_id, 0) + stay.days
    return found


def day_words(days: int) -> str:
    """`1 day`, `12 days`."""
    return f"{numeral(days)} day{'' if days == 1 else 's'}"


def path_marks(stages: Sequence[tuple[int, str]], present: int, visited: Mapping[int, int]) -> dict[int, str]:
    """For stages (id, kind) in order: `on` where the deal stands, `done` behind it, nothing before it.

    Behind an open deal lie the open stages up to its own, behind a won one all, behind a lost one those it stood in.
    """
    ids = [id for id, _ in stages]
    kind = dict(stages).get(present, "open")
    marks = {}
    for place, (id, kind_of_it) in enumerate(stages):
        if id == present:
            marks[id] = "on"
        elif kind_of_it != "open":
            marks[id] = ""
        elif kind == "won":
            marks[id] = "done"
        elif kind == "lost":
            marks[id] = "done" if id in visited else ""
        else:
            marks[id] = "done" if present in ids and place < ids.index(present) else ""
    return marks


def yearly(minor: int | None, period: str | None) -> int | None:
    """A recurring amount as that of a year, in minor units."""
    return None if minor is None or period not in YEARLY else minor * YEARLY[period]


def share_words(won: int, lost: int) -> str:
    """`63 % won`, rounded half up; says so where there are too few to say."""
    count = won + lost
    if count < LEAST:
        return "too few to say"
    return f"{(200 * won + count) // (2 * count)} % won"
