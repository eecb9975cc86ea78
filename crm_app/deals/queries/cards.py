"""The cards of a board: pages of a column by key, single cards with their place."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, func, select, union_all
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.text import id_of
from crm_app.deals.queries.looks import Look, card_query
from crm_app.deals.queries.rows import Card
from crm_app.deals.queries.sorting import Shape, Sorting, sorting_of, values
from crm_app.deals.queries.totals import money_of
from crm_app.deals.queries.wish import Pick, Wish, kept, living, wanted
from crm_app.identity.policy import Sight, sight, viewer, visible_to, within_team
from crm_app.records.listing.order import Key, Order
from crm_app.tables import Deal, Pipeline, Stage, User

CARDS = 50
deal, stage, user, pipeline = (table_of(model) for model in (Deal, Stage, User, Pipeline))


@dataclass(frozen=True)
class PlacedCard:
    """A card and where it stands."""

    card: Card
    pipeline_id: int
    stage_id: int
    kind: str
    key: Key


class Standing(NamedTuple):
    """A stage, as far as its cards depend on it."""

    stage_id: int
    kind: str
    rot_days: int


def lane_column(lanes: str) -> ColumnElement[Any]:
    """What tells the lanes of a board apart: the owner, or the owner's team."""
    return deal.c.owner_id if lanes == "owner" else user.c.team_id


def in_lane(lanes: str, lane: int) -> ColumnElement[bool]:
    """The deals of one lane; 0 is the lane of those that belong to nobody, or to no team."""
    if lanes == "owner":
        return deal.c.owner_id == lane if lane else deal.c.owner_id.is_(None)
    members = select(user.c.id).where(user.c.team_id == lane if lane else user.c.team_id.is_(None))
    return deal.c.owner_id.in_(members) if lane else deal.c.owner_id.is_(None) | deal.c.owner_id.in_(members)


def sorting(session: Session, actor: Principal, wish: Wish, pipeline_id: int) -> Sorting:
    """The order that is wished for; only that by value reads anything."""
    money = money_of(session, actor, pipeline_id) if wish.sort == "value" else None
    return sorting_of(wish.sort, actor, money)


def column_cards(
    session: Session, actor: Principal, wish: Wish, stage_id: int, after: str, lane: int | None = None
) -> tuple[list[Card], bool]:
    """The cards after the deal whose id is `after`, by key, and whether there are more."""
    last_id = id_of(after)
    if last_id is None:
        return [], False
    order = sorting(session, actor, wish, _pipeline_of(session, stage_id) if wish.sort == "value" else 0)
    asked = {"stage": stage_id, "last": last_id, **viewer(actor)}
    row = session.connection().execute(_stage_and_last(sight(actor, "deal"), order), asked).first()
    if row is None or row.id is None or not within_team(actor, row.team_id):
        return [], False
    pick = wanted(session, actor, wish)
    if wish.lanes:
        pick = pick.narrowed(in_lane(wish.lanes, lane or 0))
    there = Standing(stage_id, row.kind, row.rot_days)
    return cards_of(session, actor, there, pick, order, wish.lanes, order.place(row, row.kind))


def _pipeline_of(session: Session, stage_id: int) -> int:
    return session.connection().execute(select(stage.c.pipeline_id).where(stage.c.id == stage_id)).scalar() or 0


@lru_cache(maxsize=64)
def _stage_and_last(seen: Sight, order: Sorting) -> Any:
    """A stage, and a deal with its place there: that of a deleted one too, for it may have gone meanwhile."""
    own = and_(deal.c.id == bindparam("last"), visible_to(seen, deal.c.owner_id))
    there = stage.join(pipeline, pipeline.c.id == stage.c.pipeline_id).outerjoin(deal, own)
    query = select(stage.c.kind, stage.c.rot_days, pipeline.c.team_id, deal.c.id, *order.columns)
    return query.select_from(there).where(stage.c.id == bindparam("stage"))


def cards_of(
    session: Session,
    actor: Principal,
    there: Standing,
    pick: Pick,
    sorting: Sorting,
    lanes: str = "",
    last: Key | None = None,
) -> tuple[list[Card], bool]:
    """The first cards of a stage, or those behind the place `last`."""
    shape = None if last is None else sorting.shape(there.kind, last)
    asked = {**pick.values, **values(last or []), "stage": there.stage_id}
    found = session.connection().execute(_page(pick, sorting, there.kind, shape), asked).all()
    look = Look(actor, sorting, lanes)
    return [look.card(row, there.kind, there.rot_days) for row in found[:CARDS]], len(found) > CARDS


@kept
def _page(condition: ColumnElement[bool], sorting: Sorting, kind: str, shape: Shape | None) -> Any:
    """First the ids of the cards in order, each way of it within an index, then what these few show."""
    order = sorting.of(kind)
    keys = [part.expression.label(f"o{n}") for n, part in enumerate(order.parts)]
    first = select(deal.c.id.label("page_id"), *keys).where(condition, deal.c.stage_id == bindparam("stage"))
    key = None if shape is None else sorting.parameters(kind, shape)
    ways = [
        first.where(*where).order_by(*way.by()).limit(CARDS + 1).subquery() for where, way in sorting.ways(kind, key)
    ]
    page = ways[0] if len(ways) == 1 else union_all(*(select(way) for way in ways)).subquery("ways")
    if len(ways) > 1:
        page = select(page).order_by(*_again(order, page).by()).limit(CARDS + 1).subquery("page")
    query = card_query().add_columns(*sorting.columns).join(page, page.c.page_id == deal.c.id)
    return query.order_by(*_again(order, page).by())


def _again(order: Order, page: FromClause) -> Order:
    """The same order of what was read."""
    return Order(tuple(replace(p, expression=page.c[f"o{n}"]) for n, p in enumerate(order.parts)), ())


def card_of(session: Session, actor: Principal, deal_id: int, wish: Wish | None = None) -> Card | None:
    """One card as the board that is asked for shows it, if the actor may see it."""
    asked, pipeline_id = wish or Wish(), 0
    if asked.sort == "value":
        found = session.connection().execute(select(deal.c.pipeline_id).where(deal.c.id == deal_id)).scalar()
        pipeline_id = found or 0
    order = sorting(session, actor, asked, pipeline_id)
    placed = placed_cards(session, actor, [deal_id], living(actor), order, asked.lanes).get(deal_id)
    return placed.card if placed else None


def placed_cards(
    session: Session,
    actor: Principal,
    ids: list[int],
    pick: Pick,
    sorting: Sorting,
    lanes: str = "",
) -> dict[int, PlacedCard]:
    """Those of these deals that are picked, by id."""
    look, found = Look(actor, sorting, lanes), {}
    for r in session.connection().execute(_placed(pick, sorting), {**pick.values, "ids": ids}):
        card = look.card(r, r.kind, r.rot_days)
        found[r.id] = PlacedCard(card, r.pipeline_id, r.stage_id, r.kind, sorting.place(r, r.kind))
    return found


@kept
def _placed(condition: ColumnElement[bool], sorting: Sorting) -> Any:
    columns = (stage.c.rot_days, stage.c.kind, deal.c.pipeline_id, deal.c.stage_id)
    query = card_query().add_columns(*columns, *sorting.columns).join(stage, stage.c.id == deal.c.stage_id)
    return query.where(deal.c.id.in_(bindparam("ids", expanding=True)), condition)


def cards_above(session: Session, placed: PlacedCard, pick: Pick, sorting: Sorting) -> int:
    """How many cards stand above that one in its column."""
    statement = _above(pick, sorting, placed.kind, sorting.shape(placed.kind, placed.key))
    asked = {**pick.values, **values(placed.key), "stage": placed.stage_id}
    return session.connection().execute(statement, asked).scalar_one()


@kept
def _above(condition: ColumnElement[bool], sorting: Sorting, kind: str, shape: Shape) -> Any:
    there = select(func.count()).select_from(deal).where(condition, deal.c.stage_id == bindparam("stage"))
    ways = sorting.ways(kind, sorting.parameters(kind, shape), backwards=True)
    first, *more = [there.where(*where).scalar_subquery() for where, _ in ways]
    return select(sum(more, start=first))
