"""The pipeline report: open deals by stage and by owner, in the organisation's currency."""

from datetime import date
from typing import Any

from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.money import to_major
from crm_app.rates.converter import Converter, converter
from crm_app.reports.queries import name_of, open_deals, require
from crm_app.reports.rows import Bar, Chart, Headline, Report
from crm_app.reports.rules import MOST_GROUPS, OTHERS, Sums, Wish, share
from crm_app.reports.shown import Column, Writer, table

RECORDS = ("Deal", "Company", "Pipeline", "Stage", "Owner", "Value", "Currency", "Probability %", "Age in days",
           "Expected close")  # fmt: skip


def pipeline_report(session: Session, actor: Principal, wish: Wish) -> Report:
    """The report of one reader. Raises Forbidden."""
    require(actor, "pipeline")
    write, today = Writer.of(actor, settings().currency), clock.today(actor.zone)
    deals, money = open_deals(session, actor, wish), converter(session, clock.today(settings().zone))
    several = len({row.pipeline for row in deals}) > 1
    whole, stages, owners = Sums(), dict[int, tuple[str, Sums]](), dict[int | None, tuple[str, Sums]]()
    for row in deals:
        value = money.minor(row.value_minor or 0, row.currency)
        name = f"{row.pipeline}: {row.stage}" if several else row.stage
        for sums in (
            whole,
            stages.setdefault(row.stage_id, (name, Sums()))[1],
            owners.setdefault(row.owner_id, (row.owner or "Nobody", Sums()))[1],
        ):
            sums.add(value, row.probability, age_of(row, today))
    by_stage, by_owner = list(stages.values()), _widest(list(owners.values()))
    columns = _columns(write)
    return Report(
        "pipeline",
        "Pipeline report",
        " · ".join(filter(None, ("Open deals", _closing(write, wish), *name_of(session, wish)))),
        len(deals),
        _headlines(write, whole),
        _charts(write, by_stage, by_owner),
        [table("By stage", "Stage", by_stage, whole, columns), table("By owner", "Owner", by_owner, whole, columns)],
        RECORDS,
        [_record(row, today) for row in deals],
        _note(write, deals, money),
    )


def age_of(row: Any, today: date) -> int:
    """Days since a deal was opened; since it was entered where nobody said when."""
    return max(0, (today - (row.opened_on or row.created_at.date())).days)


def _closing(write: Writer, wish: Wish) -> str:
    period = write.period(wish.start, wish.end)
    return f"expected close {period}" if period else ""


def _headlines(write: Writer, whole: Sums) -> list[Headline]:
    return [
        Headline("Open deals", write.count(whole.count)),
        Headline("Value", write.money(whole.value)),
        Headline("Weighted value", write.money(whole.expected)),
        Headline("Average age", write.days(whole.age)),
    ]


def _columns(write: Writer) -> list[Column]:
    return [
        ("Deals", lambda s: s.count, lambda s: write.count(s.count)),
        ("Value", lambda s: write.major(s.value), lambda s: write.money(s.value)),
        ("Weighted", lambda s: write.major(s.expected), lambda s: write.money(s.expected)),
        ("Average age", lambda s: s.age, lambda s: write.days(s.age)),
    ]


def _charts(write: Writer, stages: list[tuple[str, Sums]], owners: list[tuple[str, Sums]]) -> list[Chart]:
    most = max((s.count for _, s in stages), default=0)
    funnel = [Bar(name, write.count(s.count), [share(s.count, most)]) for name, s in stages]
    return [
        Chart("Deals in each stage", "funnel", ["Deals"], funnel),
        _values("Value of each stage", write, stages),
        _values("Value of each owner", write, owners[:20]),
    ]


def _values(title: str, write: Writer, groups: list[tuple[str, Sums]]) -> Chart:
    most = max((s.value for _, s in groups), default=0)
    bars = [Bar(n, write.money(s.value), [share(s.value, most), share(s.expected, most)]) for n, s in groups]
    return Chart(title, "stacked", ["Value", "Weighted"], bars)


def _widest(owners: list[tuple[str, Sums]]) -> list[tuple[str, Sums]]:
    """Most valuable first; beyond a hundred, the rest together."""
    ordered = sorted(owners, key=lambda pair: (-pair[1].value, -pair[1].count, pair[0]))
    if len(ordered) <= MOST_GROUPS:
        return ordered
    others = Sums()
    for _, sums in ordered[MOST_GROUPS - 1 :]:
        others.join(sums)
    return [*ordered[: MOST_GROUPS - 1], (OTHERS, others)]


def _record(row: Any, today: date) -> tuple[Any, ...]:
    value = None if row.value_minor is None else to_major(row.value_minor, row.currency)
    expected = row.expected_close_on.isoformat() if row.expected_close_on else ""
    owner = row.owner or ""
    return (row.title, row.company or "", row.pipeline, row.stage, owner, value, row.currency, row.probability,
            age_of(row, today), expected)  # fmt: skip


def _note(write: Writer, deals: list[Any], money: Converter) -> str:
    """What was converted, and what could not be."""
    foreign = [row for row in deals if row.value_minor and row.currency != write.currency]
    unrated = sum(row.currency in money.unrated for row in foreign)
    said = []
    if len(foreign) > unrated:
        said.append(f"Values in other currencies are converted to {write.currency} at the stored rates of today.")
    if unrated:
        them = "1 deal is" if unrated == 1 else f"{write.count(unrated)} deals are"
        said.append(f"There is no rate for {', '.join(sorted(money.unrated))}: {them} counted, but not in the sums.")
    return " ".join(said)
