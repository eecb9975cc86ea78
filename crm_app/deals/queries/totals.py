"""What stands above the columns: count, sum, weighted sum and age of all deals of a stage, in the board's currency."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, case, func, literal, select, union_all
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.columns import day_number, number_of
from crm_app.core.config import settings
from crm_app.core.money import format_sum
from crm_app.deals.queries.rows import Summary
from crm_app.deals.queries.wish import Pick, kept
from crm_app.rates.queries import rates_on
from crm_app.rates.rules import convert
from crm_app.tables import Deal, Pipeline, Stage

deal, stage, pipeline = (table_of(model) for model in (Deal, Stage, Pipeline))
Amounts = Mapping[str, int]


@dataclass
class Totals:
    """All deals of a stage: their number, the sum of their ages in days, and their values in minor units."""

    count: int = 0
    days: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    @property
    def age(self) -> int | None:
        """The average in whole days, half up."""
        return (2 * self.days + self.count) // (2 * self.count) if self.count else None


@dataclass(frozen=True)
class Sums:
    """Amounts as they are read: in the board's currency, and beside it what has no rate, with the reason."""

    text: str
    beside: str = ""
    note: str = ""


@dataclass(frozen=True)
class Money:
    """What turns amounts into sums: the board's currency and the rates of the day."""

    currency: str
    rates: Mapping[str, Decimal]
    locale: str

    def sums(self, amounts: Mapping[str, int | Decimal], *, whole: bool = False) -> Sums:
        """These amounts together; `whole` for what is a forecast and needs no cents."""
        found = convert(amounts, self.rates, self.currency, whole=whole)
        left = [format_sum(v, c, self.locale) for c, v in found.unrated.items()]
        if not left:
            return Sums(format_sum(found.minor, self.currency, self.locale))
        note = f"There is no rate for {' and '.join(found.unrated)}, so it cannot be shown in {self.currency}."
        if found.is_empty:
            return Sums(" + ".join(left), "", note)
        return Sums(format_sum(found.minor, self.currency, self.locale), "+ " + " + ".join(left), note)


def money_of(session: Session, actor: Principal, pipeline_id: int) -> Money:
    """How the sums of a pipeline are shown to this reader."""
    currency = session.connection().execute(_currency(), {"pipeline": pipeline_id}).scalar() or settings().currency
    return Money(currency, rates_on(session, clock.today(actor.zone)), actor.locale)


@cache
def _currency() -> Any:
    return select(pipeline.c.currency).where(pipeline.c.id == bindparam("pipeline"))


def totals_of(session: Session, pipeline_id: int, pick: Pick, today: date) -> dict[int, Totals]:
    """By stage, in one statement, of all deals that are picked.

    An open deal is as old as it is open, a closed one as it was when it closed.
    """
    asked = {**pick.values, "pipeline": pipeline_id, "today": number_of(today)}
    found: dict[int, Totals] = defaultdict(Totals)
    for row in session.connection().execute(_totals(pick), asked):
        one = found[row.stage_id]
        one.count += int(row.deals)
        one.days += int(row.days)
        one.amounts[row.currency] = one.amounts.get(row.currency, 0) + int(row.amount or 0)
    return dict(found)


@kept
def _totals(condition: ColumnElement[bool]) -> Any:
    """Days are counted for each day on which deals were opened, not for each deal: an index has them in that order."""
    now = bindparam("today", type_=Integer)
    here = deal.c.stage_id.in_(select(stage.c.id).where(stage.c.pipeline_id == bindparam("pipeline")))
    keys = (deal.c.stage_id, deal.c.opened_on, deal.c.currency, deal.c.closed_on)
    count, amount = func.count().label("deals"), func.sum(deal.c.value_minor).label("amount")
    of_days = select(*keys, count, amount).where(condition, here, deal.c.opened_on.is_not(None)).group_by(*keys)
    day = of_days.subquery("day")
    own = (deal.c.stage_id, deal.c.currency, day_number(deal.c.created_at), day_number(deal.c.closed_on))
    undated = select(*own, literal(1), deal.c.value_minor).where(condition, here, deal.c.opened_on.is_(None))
    dated = select(
        day.c.stage_id,
        day.c.currency,
        day_number(day.c.opened_on).label("opened"),
        day_number(day.c.closed_on).label("closed"),
        day.c.deals,
        day.c.amount,
    )
    part = union_all(dated, undated).subquery("part")
    end = case((stage.c.kind == "open", now), else_=func.coalesce(part.c.closed, now))
    age = end - part.c.opened
    return (
        select(part.c.stage_id, part.c.currency, func.sum(part.c.deals).label("deals"))
        .add_columns(
            func.sum(part.c.amount).label("amount"),
            func.sum(case((age > 0, age * part.c.deals), else_=0)).label("days"),
        )
        .join(stage, stage.c.id == part.c.stage_id)
        .group_by(part.c.stage_id, part.c.currency)
    )


def opening_day() -> ColumnElement[int]:
    """The number of the day on which a deal was opened, or written down."""
    return func.coalesce(day_number(deal.c.opened_on), day_number(deal.c.created_at))


def weighted(amounts: Amounts, probability: int) -> dict[str, int | Decimal]:
    """As much of each amount as is likely, exactly."""
    return {currency: Decimal(v) * probability / 100 for currency, v in amounts.items()}


def summary_of(stages: list[Any], totals: Mapping[int, Totals], money: Money) -> Summary:
    """The open stages together."""
    count, total, likely = 0, dict[str, int | Decimal](), dict[str, int | Decimal]()
    for row in stages:
        if row.kind == "open" and (found := totals.get(row.id)):
            count += found.count
            for currency, amount in found.amounts.items():
                total[currency] = total.get(currency, 0) + amount
            for currency, part in weighted(found.amounts, row.probability).items():
                likely[currency] = likely.get(currency, Decimal(0)) + part
    sums, forecast = money.sums(total), money.sums(likely, whole=True)
    return Summary(count, sums.text, forecast.text, sums.beside, sums.note)
