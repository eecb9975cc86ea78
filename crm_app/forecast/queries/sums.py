"""Counts and sums by owner, category and period, straight from SQL; one more column where territories are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, null, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.forecast.queries.whose import Whose
from crm_app.forecast.rules.categories import category_of
from crm_app.forecast.rules.periods import Period
from crm_app.tables import Company, Deal, Stage

deal, stage, company = (table_of(m) for m in (Deal, Stage, Company))


@dataclass(frozen=True)
class Part:
    """Deals of one owner, category, period (its place in the list) and currency."""

    owner_id: int | None
    territory_id: int | None
    category: str
    place: int
    currency: str
    deals: int
    minor: int


@dataclass(frozen=True)
class Stages:
    """The stages by id: kind and probability."""

    known: dict[int, tuple[str, int]]

    def of(self, kind: str) -> list[int]:
        return sorted(id for id, (known, _) in self.known.items() if known == kind)

    def category(self, stage_id: int, chosen: str | None) -> str:
        kind, probability = self.known[stage_id]
        return category_of(chosen, kind, probability)


def stages_now(session: Session) -> Stages:
    """Every stage, deleted ones among them, because history names them."""
    rows = session.connection().execute(select(stage.c.id, stage.c.kind, stage.c.probability))
    return Stages({row.id: (row.kind, row.probability) for row in rows})


def in_stages(ids: Sequence[int]) -> ColumnElement[bool]:
    """The SQL condition; as an expression, so that SQLite takes an index of days and not one of stages."""
    return (deal.c.stage_id + 0).in_(ids)


def sums(
    session: Session, of: Whose, stages: Stages, periods: Sequence[Period], *, territories: bool = False
) -> list[Part]:
    """Open deals by their expected close, won ones by the day on which they closed."""
    found: list[Part] = []
    for kind, day in (("open", deal.c.expected_close_on), ("won", deal.c.closed_on)):
        for row in session.connection().execute(_grouped(of, stages.of(kind), periods, day, territories)):
            category = stages.category(row.stage_id, row.forecast)
            part = (
                row.owner_id,
                row.territory_id,
                category,
                row.place,
                row.currency,
                int(row.deals),
                int(row.minor or 0),
            )
            found.append(Part(*part))
    return found


def _grouped(of: Whose, stage_ids: list[int], periods: Sequence[Period], day: Any, territories: bool) -> Any:
    """First by day, in the order in which an index has them, then by what is asked: few are left to be sorted."""
    keys = (deal.c.stage_id, deal.c.owner_id, deal.c.forecast, deal.c.currency)
    keys = (day, *keys, deal.c.company_id) if territories else (day, *keys)
    days = (
        select(*keys, func.count().label("deals"), func.sum(deal.c.value_minor).label("minor"))
        .where(deal.c.deleted_at.is_(None), in_stages(stage_ids))
        .where(day >= periods[0].start, day < periods[-1].end, of.on(deal.c.owner_id))
        .group_by(*keys)
        .subquery("days")
    )
    place = case(*[(days.c[day.name] < p.end, n) for n, p in enumerate(periods[:-1])], else_=len(periods) - 1)
    if len(periods) == 1:
        place = literal(0)
    where = company.c.territory_id if territories else null()
    own = (days.c.owner_id, days.c.stage_id, days.c.forecast, days.c.currency)
    query = select(*own, place.label("place"), where.label("territory_id"))
    query = query.add_columns(func.sum(days.c.deals).label("deals"), func.sum(days.c.minor).label("minor"))
    if territories:
        query = query.select_from(days.outerjoin(company, company.c.id == days.c.company_id))
    grouped = [*own] + ([place] if len(periods) > 1 else []) + ([where] if territories else [])
    return query.group_by(*grouped)


def out_of_sight(session: Session, of: Whose, stages: Stages, first: Period) -> tuple[int, int]:
    """How many open deals no period counts: without a date, and with one that is over."""
    living = (deal.c.deleted_at.is_(None), in_stages(stages.of("open")), of.on(deal.c.owner_id))
    counted = select(func.count()).select_from(deal).where(*living)
    run = session.connection().execute
    undated = run(counted.where(deal.c.expected_close_on.is_(None))).scalar_one()
    late = run(counted.where(deal.c.expected_close_on < first.start)).scalar_one()
    return undated, late
