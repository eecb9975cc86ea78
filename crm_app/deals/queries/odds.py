"""Why a stage has its probability: what became of the deals that once stood in it, by the change log."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.reader import numeral
from crm_app.deals.journey import LEAST, share_words
from crm_app.deals.queries.journey import stage_in_log
from crm_app.identity.policy import scope, visible
from crm_app.records.listing.rules import Condition, Group, dump_filter
from crm_app.tables import Company, Deal, Stage, User

CLOSED = ("won", "lost")
log, deal, stage, company, user = (table_of(m) for m in (ChangeLog, Deal, Stage, Company, User))


@dataclass(frozen=True)
class Odds:
    """Of the closed deals of one group that once stood in the stage: how many were won and lost.

    `filter` finds the same deals in the list, as a part of its address; empty where a list cannot be asked so.
    """

    label: str
    won: int
    lost: int
    words: str
    counts: str
    percent: int
    filter: str


@dataclass(frozen=True)
class Why:
    """The stage's own figure beside what happened; `groups` begins with all deals."""

    stage: str = ""
    probability: int = 0
    closed: int = 0
    enough: bool = False
    groups: list[Odds] = field(default_factory=list)


def why_probability(session: Session, actor: Principal, deal_id: int) -> Why:
    """For the stage in which the deal stands. Raises NotFound for a deal that the actor may not see."""
    query = (
        select(stage.c.id, stage.c.name, stage.c.probability, deal.c.owner_id)
        .add_columns(user.c.name.label("owner"), company.c.industry)
        .select_from(deal.join(stage, stage.c.id == deal.c.stage_id))
        .outerjoin(user, user.c.id == deal.c.owner_id)
        .outerjoin(company, company.c.id == deal.c.company_id)
        .where(deal.c.id == deal_id, deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    )
    here = session.connection().execute(query).first()
    if here is None:
        raise NotFound
    closed_stages = session.connection().execute(select(stage.c.id).where(stage.c.kind.in_(CLOSED))).scalars().all()
    stood = (Condition("stage_id", "was", (str(here.id),)), Condition("stage_id", "is", _texts(closed_stages)))
    everything = "All deals" if scope(actor, "read", "deal") == "all" else "All deals that you may see"
    same = [Same(everything, true(), _address(*stood))]
    if here.owner_id is not None:
        own = Condition("owner_id", "is", _texts([here.owner_id]))
        same.append(Same(f"Owner {here.owner}", deal.c.owner_id == here.owner_id, _address(*stood, own)))
    if here.industry:
        same.append(Same(f"Industry {here.industry}", company.c.industry == here.industry, ""))
    groups = _counted(session, actor, here.id, same)
    closed = groups[0].won + groups[0].lost
    return Why(here.name, here.probability, closed, closed >= LEAST, groups)


@dataclass(frozen=True)
class Same:
    """What the deals of a group have in common."""

    label: str
    condition: ColumnElement[bool]
    filter: str


def _texts(ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(id) for id in ids)


def _address(*conditions: Condition) -> str:
    return quote(dump_filter(Group("all", conditions)))


def _counted(session: Session, actor: Principal, stage_id: int, same: list[Same]) -> list[Odds]:
    """All groups by one statement."""
    stood = select(log.c.record_id).where(log.c.kind == "deal", stage_in_log(1) == stage_id)
    columns: list[Any] = []
    for one in same:
        for kind in CLOSED:
            columns.append(func.coalesce(func.sum(case((and_(one.condition, stage.c.kind == kind), 1), else_=0)), 0))
    query = (
        select(*columns)
        .select_from(deal.join(stage, stage.c.id == deal.c.stage_id))
        .outerjoin(company, company.c.id == deal.c.company_id)
        .where(deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
        .where(stage.c.kind.in_(CLOSED), deal.c.id.in_(stood))
    )
    counts = [int(n) for n in session.connection().execute(query).one()]
    return [_odds(one, counts[2 * n], counts[2 * n + 1]) for n, one in enumerate(same)]


def _odds(same: Same, won: int, lost: int) -> Odds:
    count = won + lost
    percent = (200 * won + count) // (2 * count) if count >= LEAST else 0
    told = f"{numeral(won)} won, {numeral(lost)} lost"
    return Odds(same.label, won, lost, share_words(won, lost), told, percent, same.filter)
