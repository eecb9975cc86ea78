"""The sales figures of a period: won, lost, open, win rate, average value, days to close (docs/kpis.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, extract, func, null, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.core.money import to_major
from crm_app.identity.policy import visible
from crm_app.tables import Company, Deal, DealLine, Product, Stage, Team, User

SECONDS_A_DAY = 86_400
DEAL, STAGE, LINE = table_of(Deal), table_of(Stage), table_of(DealLine)
Dimension = Callable[[Any], tuple[Any, Any, Any]]


@dataclass
class Tally:
    """Sums from which every figure follows; money in minor units, days in whole days."""

    won: int = 0
    lost: int = 0
    open: int = 0
    value: int = 0
    valued: int = 0
    days: int = 0
    timed: int = 0

    def figures(self, currency: str) -> dict[str, Any]:
        """As they are reported; what has nothing to divide is None."""
        value = to_major(self.value, currency)
        return {
            "won": self.won,
            "lost": self.lost,
            "open": self.open,
            "won_value": int(value) if value == value.to_integral_value() else float(value),
            "win_rate": self.won / (self.won + self.lost) if self.won + self.lost else None,
            "average_won": float(value / self.valued) if self.valued else None,
            "average_days_to_close": self.days / self.timed if self.timed else None,
        }


def kpis(
    session: Session, actor: Principal, *, start: date | None = None, end: date | None = None, by: str | None = None
) -> dict[str, Any]:
    """The figures of the deals that the actor may see, closed from `start` to `end` (both included).

    `open` ignores the period. Values are those in the organisation's currency. With `by` the same stands under
    `groups`, by key. Raises Invalid for an unknown grouping or an end before the start.
    """
    if by is not None and by not in DIMENSIONS:
        raise Invalid({"by": f"{by!r} is no grouping; choose one of: {', '.join(DIMENSIONS)}."})
    if start and end and end < start:
        raise Invalid({"to": "The period ends before it begins."})
    currency = settings().currency
    total = next(iter(_tallies(session, actor, start, end, None).values()), Tally())
    result = total.figures(currency)
    if by is not None:
        groups = _tallies(session, actor, start, end, DIMENSIONS[by])
        ordered = sorted(groups.items(), key=lambda g: (g[0][1] is None, str(g[0][1] or ""), str(g[0][0])))
        result["groups"] = [{"key": key, **tally.figures(currency)} for (_id, key), tally in ordered]
    return result


def _tallies(
    session: Session, actor: Principal, start: date | None, end: date | None, dimension: Dimension | None
) -> dict[tuple[Any, Any], Tally]:
    """One tally for every group: its id (which tells namesakes apart) and its key."""
    source, group_id, key = (dimension or _whole)(DEAL.join(STAGE, STAGE.c.id == DEAL.c.stage_id))
    seconds = extract("epoch", DEAL.c.closed_on) - extract("epoch", DEAL.c.opened_on)
    won = STAGE.c.kind == "won"
    deal = (
        select(
            group_id.label("group_id"),
            key.label("group_key"),
            STAGE.c.kind,
            case((and_(won, DEAL.c.currency == settings().currency), DEAL.c.value_minor)).label("value"),
            case((won, seconds)).label("seconds"),
        )
        .select_from(source)
        .where(DEAL.c.deleted_at.is_(None), visible(actor, "deal", DEAL.c.owner_id), _in_period(start, end))
        .subquery()
    )
    query = select(
        deal.c.group_id,
        deal.c.group_key,
        deal.c.kind,
        func.count(),
        func.sum(deal.c.value),
        func.count(deal.c.value),
        func.sum(deal.c.seconds),
        func.count(deal.c.seconds),
    ).group_by(deal.c.group_id, deal.c.group_key, deal.c.kind)
    found: dict[tuple[Any, Any], Tally] = {}
    for id, name, kind, count, value, valued, taken, of in session.connection().execute(query):
        tally = found.setdefault((id, name or None), Tally())
        setattr(tally, kind, getattr(tally, kind) + count)
        tally.value += int(value or 0)
        tally.valued += valued
        tally.days += round((taken or 0) / SECONDS_A_DAY)
        tally.timed += of
    return found


def _in_period(start: date | None, end: date | None) -> ColumnElement[bool]:
    bounds = [DEAL.c.closed_on >= start] if start else []
    bounds += [DEAL.c.closed_on <= end] if end else []
    return or_(STAGE.c.kind == "open", and_(*bounds)) if bounds else STAGE.c.kind.is_not(None)


def _whole(source: Any) -> tuple[Any, Any, Any]:
    return source, null(), null()


def _owner(source: Any) -> tuple[Any, Any, Any]:
    user = table_of(User)
    return source.outerjoin(user, user.c.id == DEAL.c.owner_id), user.c.id, user.c.name


def _team(source: Any) -> tuple[Any, Any, Any]:
    """The owner's team, by the name of its manager."""
    user, team = table_of(User), table_of(Team)
    manager = user.alias("manager")
    joined = source.outerjoin(user, user.c.id == DEAL.c.owner_id).outerjoin(team, team.c.id == user.c.team_id)
    joined = joined.outerjoin(manager, manager.c.id == team.c.manager_id)
    return joined, team.c.id, func.coalesce(manager.c.name, team.c.name)


def _product(source: Any) -> tuple[Any, Any, Any]:
    """The first line says what a deal is about, so that a deal is counted once."""
    product, other = table_of(Product), LINE.alias("other_line")
    first = (
        select(other.c.id)
        .where(other.c.deal_id == DEAL.c.id)
        .order_by(other.c.position, other.c.id)
        .limit(1)
        .correlate(DEAL)
        .scalar_subquery()
    )
    joined = source.outerjoin(LINE, LINE.c.id == first).outerjoin(product, product.c.id == LINE.c.product_id)
    return joined, product.c.id, product.c.name


def _industry(source: Any) -> tuple[Any, Any, Any]:
    company = table_of(Company)
    return source.outerjoin(company, company.c.id == DEAL.c.company_id), null(), func.nullif(company.c.industry, "")


def _stage(source: Any) -> tuple[Any, Any, Any]:
    return source, null(), STAGE.c.name


def _month(source: Any) -> tuple[Any, Any, Any]:
    """The month of the close; what is open has none."""
    month = func.substr(cast(DEAL.c.closed_on, String), 1, 7)
    return source, null(), case((STAGE.c.kind != "open", month), else_=null())


DIMENSIONS: dict[str, Dimension] = {
    "owner": _owner,
    "team": _team,
    "product": _product,
    "industry": _industry,
    "stage": _stage,
    "month": _month,
}
