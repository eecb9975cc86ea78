"""The forecast report: what a period is expected to bring, by whom, what follows, and how it moved in a week."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.money import to_major
from crm_app.forecast.queries import Asked, CountedDeal, every_deal, find_forecast
from crm_app.forecast.queries.page import Column as Ahead
from crm_app.forecast.queries.page import Forecast
from crm_app.forecast.rules.categories import CATEGORY_NAMES, COUNTED
from crm_app.forecast.rules.figures import Figures, added
from crm_app.forecast.rules.periods import period_of
from crm_app.reports.queries import name_of, require
from crm_app.reports.rows import Bar, Chart, Headline, Report, Table
from crm_app.reports.rules import GROUP_NAMES, Wish, share
from crm_app.reports.shown import Column, Writer, table

RECORDS = ("Deal", "Company", "Owner", "Stage", "Category", "Value", "Currency", "Close date")
INDENT = "– "  # a team below another


def forecast_report(session: Session, actor: Principal, wish: Wish) -> Report:
    """The report of one reader. Raises Forbidden."""
    require(actor, "forecast")
    day = clock.today(settings().zone)
    asked = Asked(period_of(wish.kind, wish.start or day), day, wish.by, wish.owner_id, wish.team_id)
    found, deals = find_forecast(session, actor, asked), every_deal(session, actor, asked)
    write = Writer.of(actor, found.currency)
    return Report(
        "forecast",
        "Forecast report",
        " · ".join((asked.period.name, *name_of(session, wish))),
        len(deals),
        _headlines(write, found.whole),
        [_chart(write, found.columns)],
        [*_tables(write, found), *_since(write, found)],
        RECORDS,
        [_record(one) for one in deals],
        _note(found),
    )


def _headlines(write: Writer, whole: Figures) -> list[Headline]:
    sums = [Headline(CATEGORY_NAMES[name], write.money(whole.of(name))) for name in COUNTED]
    if whole.target is None:
        return sums
    return [*sums, Headline("Target", write.money(whole.target)), Headline("Reached", _percent(write, whole))]


def _percent(write: Writer, figures: Figures) -> str:
    return "–" if figures.attainment is None else f"{write.count(figures.attainment)} %"


def _chart(write: Writer, columns: Sequence[Ahead]) -> Chart:
    """The surest covers a part of what is less sure: pipeline, best case, commit, won."""
    highest = max((c.figures.total for c in columns), default=0)
    bars = []
    for column in columns:
        below = [sum(column.figures.of(name) for name in COUNTED[: n + 1]) for n in range(len(COUNTED))]
        shares = [share(amount, highest) for amount in reversed(below)]
        bars.append(Bar(column.period.name, write.money(column.figures.total), shares))
    return Chart("Coming periods", "stacked", [CATEGORY_NAMES[name] for name in reversed(COUNTED)], bars)


def _columns(write: Writer) -> list[Column]:
    def sums(name: str) -> Column:
        return (
            CATEGORY_NAMES[name],
            lambda f: write.major(f.of(name)),
            lambda f: write.money(f.of(name)),
        )

    return [
        ("Deals", lambda f: sum(f.counts.values()), lambda f: write.count(sum(f.counts.values()))),
        *[sums(name) for name in COUNTED],
        ("Target", lambda f: _major(write, f.target), lambda f: "–" if f.target is None else write.money(f.target)),
        ("Reached, %", lambda f: f.attainment, lambda f: "–" if f.attainment is None else write.count(f.attainment)),
    ]


def _major(write: Writer, minor: int | None) -> Any:
    return None if minor is None else write.major(minor)


def _tables(write: Writer, found: Forecast) -> list[Table]:
    """By whom, and the periods one after another; a team's line holds those of the teams below it."""
    by, columns = GROUP_NAMES[found.asked.by], _columns(write)
    lines = [(INDENT * line.depth + line.name, line.figures) for line in found.lines]
    ahead = [(column.period.name, column.figures) for column in found.columns]
    targets = [figures.target for _, figures in ahead if figures.target is not None]
    together = replace(added(figures for _, figures in ahead), target=sum(targets) if targets else None)
    return [
        table(f"By {by.lower()}", by, lines, found.whole, columns),
        table("Coming periods", "Period", ahead, together, columns),
    ]


def _since(write: Writer, found: Forecast) -> list[Table]:
    """The snapshot of last week beside now; nothing where there is none."""
    taken, before = found.comparison.taken_on, found.comparison.sums
    if taken is None:
        return []
    pairs = {name: (before.get(name, 0), found.whole.of(name)) for name in COUNTED}
    whole = (sum(then for then, _ in pairs.values()), sum(now for _, now in pairs.values()))
    columns: list[Column] = [
        (write.day(taken), lambda p: write.major(p[0]), lambda p: write.money(p[0])),
        ("Now", lambda p: write.major(p[1]), lambda p: write.money(p[1])),
        ("Change", lambda p: write.major(p[1] - p[0]), lambda p: write.money(p[1] - p[0])),
    ]
    groups = [(CATEGORY_NAMES[name], pair) for name, pair in pairs.items()]
    return [table("Since last week", "Category", groups, whole, columns)]


def _record(one: CountedDeal) -> tuple[Any, ...]:
    value = None if one.minor is None else to_major(one.minor, one.currency)
    day = one.day.isoformat() if one.day else ""
    return (one.title, one.company, one.owner, one.stage, CATEGORY_NAMES[one.category], value, one.currency, day)


def _note(found: Forecast) -> str:
    if not found.unrated:
        return ""
    return f"There is no rate for {', '.join(found.unrated)}: such deals are counted, but not in the sums."
