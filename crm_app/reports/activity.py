"""The activity report: what was planned for a period and what was done in it, by kind, owner and week."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.reports.queries import activities, name_of, require
from crm_app.reports.rows import Bar, Chart, Headline, Report
from crm_app.reports.rules import MOST_GROUPS, OTHERS, Doings, Wish, share, week_of, weeks_between
from crm_app.reports.shown import Column, Writer, table

KINDS = {"call": "Calls", "meeting": "Meetings", "task": "Tasks", "email": "E-mails", "note": "Notes"}
RECORDS = ("Kind", "Subject", "Owner", "Due", "Done")


def activity_report(session: Session, actor: Principal, wish: Wish) -> Report:
    """The report of one reader. Raises Forbidden."""
    require(actor, "activity")
    assert wish.start and wish.end
    write, zone = Writer.of(actor, settings().currency), ZoneInfo(actor.zone)
    found = activities(session, actor, wish)
    counted = _counted(found, wish.start, wish.end, zone)
    by_owner = _busiest(list(counted.owners.values()))
    by_week = [(write.day(monday), tally) for monday, tally in counted.weeks.items()]
    groups = (("By kind", "Kind", counted.by_kind), ("By owner", "Owner", by_owner), ("By week", "Week of", by_week))
    return Report(
        "activity",
        "Activity report",
        " · ".join((write.period(wish.start, wish.end), *name_of(session, wish))),
        len(found),
        _headlines(write, counted.whole),
        [
            _chart("Planned and done, by week", write, by_week),
            _chart("Planned and done, by owner", write, by_owner[:20]),
        ],
        [table(title, first, group, counted.whole, _columns(write)) for title, first, group in groups],
        RECORDS,
        [_record(row, zone) for row in found],
        "Planned: due in the period. Kept: of these, done at any time. Done: done in the period, planned or not.",
    )


@dataclass
class Counted:
    """All tallies of one report; owners by their id with their name, weeks by their Monday."""

    weeks: dict[date, Doings]
    whole: Doings = field(default_factory=Doings)
    kinds: dict[str, Doings] = field(default_factory=dict)
    owners: dict[int | None, tuple[str, Doings]] = field(default_factory=dict)

    @property
    def by_kind(self) -> list[tuple[str, Doings]]:
        """In the order of `KINDS`, others after them."""
        known = [(label, self.kinds[kind]) for kind, label in KINDS.items() if kind in self.kinds]
        return known + [(k.capitalize(), self.kinds[k]) for k in sorted(self.kinds) if k not in KINDS]


def _counted(found: list[Any], start: date, end: date, zone: ZoneInfo) -> Counted:
    counted = Counted({monday: Doings() for monday in weeks_between(start, end)})
    for row in found:
        due, done = _day(row.due_at, zone), _day(row.done_at, zone)
        tallies = (
            counted.whole,
            counted.kinds.setdefault(row.type, Doings()),
            counted.owners.setdefault(row.owner_id, (row.owner or "Nobody", Doings()))[1],
        )
        if due and start <= due <= end:
            _plan((*tallies, counted.weeks[week_of(due)]), done is not None)
        if done and start <= done <= end:
            for tally in (*tallies, counted.weeks[week_of(done)]):
                tally.done += 1
    return counted


def _plan(tallies: Iterable[Doings], kept: bool) -> None:
    for tally in tallies:
        tally.planned += 1
        tally.kept += kept


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def _headlines(write: Writer, whole: Doings) -> list[Headline]:
    return [
        Headline("Planned", write.count(whole.planned)),
        Headline("Kept", write.count(whole.kept)),
        Headline("Done", write.count(whole.done)),
    ]


def _columns(write: Writer) -> list[Column]:
    return [
        ("Planned", lambda d: d.planned, lambda d: write.count(d.planned)),
        ("Kept", lambda d: d.kept, lambda d: write.count(d.kept)),
        ("Done", lambda d: d.done, lambda d: write.count(d.done)),
    ]


def _chart(title: str, write: Writer, groups: list[tuple[str, Doings]]) -> Chart:
    most = max((max(d.planned, d.done) for _, d in groups), default=0)
    return Chart(title, "paired", ["Planned", "Done"], [_bar(write, name, d, most) for name, d in groups])


def _bar(write: Writer, name: str, doings: Doings, most: int) -> Bar:
    shown = f"{write.count(doings.planned)} planned, {write.count(doings.done)} done"
    return Bar(name, shown, [share(doings.planned, most), share(doings.done, most)])


def _busiest(owners: list[tuple[str, Doings]]) -> list[tuple[str, Doings]]:
    """Who did most first; beyond a hundred, the rest together."""
    ordered = sorted(owners, key=lambda pair: (-pair[1].done, -pair[1].planned, pair[0]))
    if len(ordered) <= MOST_GROUPS:
        return ordered
    others = Doings()
    for _, tally in ordered[MOST_GROUPS - 1 :]:
        others.join(tally)
    return [*ordered[: MOST_GROUPS - 1], (OTHERS, others)]


def _record(row: Any, zone: ZoneInfo) -> tuple[Any, ...]:
    moments = [
        m.astimezone(zone).isoformat(sep=" ", timespec="minutes") if m else "" for m in (row.due_at, row.done_at)
    ]
    return (KINDS.get(row.type, row.type), row.subject, row.owner or "", *moments)
