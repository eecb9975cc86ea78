"""The order of the cards in a stage: a rank between two neighbours, and room for it where there is none."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.deals.rules import rank_between, spread
from crm_app.tables import Deal

FIRST_WINDOW = 8
deal = table_of(Deal)


@dataclass(frozen=True)
class Place:
    """A card and where it stands; equal ranks are ordered by id."""

    id: int
    rank: float


def rank_for(session: Session, stage_id: int, moved_id: int, above_id: int | None, below_id: int | None) -> float:
    """The rank directly under the card above, else directly over the one below, else on top of the stage.

    A neighbour that has left the stage does not count. Where two ranks have grown together their surroundings are
    spread first, which is a change like any other.
    """
    top = _top(session, stage_id)
    for _ in range(2):
        above, below = _neighbours(session, stage_id, moved_id, above_id, below_id)
        rank = rank_between(above and above.rank, below and below.rank, top)
        if rank is not None:
            return rank
        assert above is not None
        _make_room(session, stage_id, moved_id, above, top)
    raise AssertionError("spreading made no room")


def _top(session: Session, stage_id: int) -> float:
    least = session.connection().execute(_first(), {"stage": stage_id}).scalar()
    return min(-now().timestamp(), (least if least is not None else 0.0) - 1.0)


@cache
def _first() -> Any:
    living = select(deal.c.rank).where(deal.c.stage_id == bindparam("stage"), deal.c.deleted_at.is_(None))
    return living.order_by(deal.c.rank, deal.c.id).limit(1)


def _neighbours(
    session: Session, stage_id: int, moved_id: int, above_id: int | None, below_id: int | None
) -> tuple[Place | None, Place | None]:
    above = _standing(session, stage_id, moved_id, above_id)
    if above is not None:
        return above, next(iter(_beyond(session, stage_id, moved_id, above, 1)), None)
    below = _standing(session, stage_id, moved_id, below_id)
    if below is None:
        return None, None
    return next(iter(_before(session, stage_id, moved_id, below, 1)), None), below


def _standing(session: Session, stage_id: int, moved_id: int, id: int | None) -> Place | None:
    if not id or id == moved_id:
        return None
    found = session.connection().execute(_place(), {"stage": stage_id, "moved": moved_id, "id": id}).first()
    return Place(found.id, found.rank) if found else None


@cache
def _place() -> Any:
    return _places(bindparam("stage"), bindparam("moved")).where(deal.c.id == bindparam("id"))


def _places(stage_id: Any, moved_id: Any) -> Any:
    living = and_(deal.c.stage_id == stage_id, deal.c.deleted_at.is_(None), deal.c.id != moved_id)
    return select(deal.c.id, deal.c.rank).where(living)


def _beyond(session: Session, stage_id: int, moved_id: int, of: Place, count: int) -> list[Place]:
    """The next cards under this one."""
    under = or_(deal.c.rank > of.rank, and_(deal.c.rank == of.rank, deal.c.id > of.id))
    query = _places(stage_id, moved_id).where(under).order_by(deal.c.rank, deal.c.id).limit(count)
    return [Place(r.id, r.rank) for r in session.connection().execute(query)]


def _before(session: Session, stage_id: int, moved_id: int, of: Place, count: int) -> list[Place]:
    """The cards over this one, the nearest first."""
    over = or_(deal.c.rank < of.rank, and_(deal.c.rank == of.rank, deal.c.id < of.id))
    query = _places(stage_id, moved_id).where(over).order_by(deal.c.rank.desc(), deal.c.id.desc()).limit(count)
    return [Place(r.id, r.rank) for r in session.connection().execute(query)]


def _make_room(session: Session, stage_id: int, moved_id: int, above: Place, top: float) -> None:
    """Spread the fewest cards around a place that then have ease, as the system and in a batch of its own."""
    window, ranks, places = FIRST_WINDOW, None, []
    while ranks is None:
        over = _before(session, stage_id, moved_id, above, window + 1)
        under = _beyond(session, stage_id, moved_id, above, window + 1)
        places = [*reversed(over[:window]), above, *under[:window]]
        low = over[window].rank if len(over) > window else None
        high = under[window].rank if len(under) > window else None
        ranks = spread(len(places), low, high, top)
        window *= 2
    changes = [Change("deal", p.id, {"rank": r}) for p, r in zip(places, ranks, strict=True) if p.rank != r]
    apply_many(session, SYSTEM, changes, source="order")
