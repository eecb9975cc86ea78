"""The board: a fixed number of statements a stage, however many deals there are."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.deals.queries.cards import Standing, cards_of
from crm_app.deals.queries.lanes import MOST_LANES, cells_of, count_cells, lanes_of
from crm_app.deals.queries.rows import Board, Card, Cell, Column, Lane, Option, Summary
from crm_app.deals.queries.sorting import sorting_of
from crm_app.deals.queries.totals import Money, Totals, money_of, summary_of, totals_of, weighted
from crm_app.deals.queries.wish import Wish, wanted
from crm_app.identity.policy import Sight, sight, viewer, visible_to, within_team
from crm_app.tables import Deal, Pipeline, Stage, User

deal, stage, user, pipeline = (table_of(model) for model in (Deal, Stage, User, Pipeline))


def board_snapshot(session: Session, actor: Principal, wish: Wish) -> Board:
    """One pipeline with 50 cards a stage and totals of all; the first pipeline if that one does not exist.

    In lanes the cards stand in cells instead. Raises Invalid for a filter that cannot be read.
    """
    options = pipeline_options(session, actor)
    owners = owner_options(session, actor)
    if not options:
        return Board([], None, [], Summary(0, "", ""), owners)
    known = [int(o.id) for o in options]
    chosen = wish.pipeline_id if wish.pipeline_id in known else known[0]
    assert chosen is not None
    pick = wanted(session, actor, wish)
    totals = totals_of(session, chosen, pick, clock.today(actor.zone))
    money = money_of(session, actor, chosen)
    order, stages = sorting_of(wish.sort, actor, money), stages_of(session, chosen)
    lanes, cells, every = list[Lane](), list[Cell](), 0
    if wish.lanes:
        counts = count_cells(session, chosen, pick, wish.lanes)
        lanes = lanes_of(session, counts, wish.lanes)
        every, lanes = len(lanes), lanes[:MOST_LANES]
        cells = cells_of(session, actor, stages, lanes, counts, pick, order, wish.lanes)
    columns = []
    for row in stages:
        empty = wish.lanes or not totals.get(row.id)
        there = Standing(row.id, row.kind, row.rot_days)
        cards, more = ([], False) if empty else cards_of(session, actor, there, pick, order)
        columns.append(column_of(row, totals.get(row.id), money, cards, more))
    return Board(options, chosen, columns, summary_of(stages, totals, money), owners, lanes, cells, every)


def pipeline_options(session: Session, actor: Principal) -> list[Option]:
    """The pipelines that the actor sees, in order."""
    rows = session.connection().execute(_pipelines())
    return [Option(str(row.id), row.name) for row in rows if within_team(actor, row.team_id)]


@cache
def _pipelines() -> Any:
    living = select(pipeline.c.id, pipeline.c.name, pipeline.c.team_id).where(pipeline.c.deleted_at.is_(None))
    return living.order_by(pipeline.c.position, pipeline.c.id)


def stages_of(session: Session, pipeline_id: int) -> list[Any]:
    """The stages of a pipeline, in order."""
    return list(session.connection().execute(_stages(), {"pipeline": pipeline_id}).all())


@cache
def _stages() -> Any:
    living = (stage.c.pipeline_id == bindparam("pipeline"), stage.c.deleted_at.is_(None))
    return select(stage).where(*living).order_by(stage.c.position, stage.c.id)


def column_of(row: Any, totals: Totals | None, money: Money, cards: list[Card], more: bool) -> Column:
    """A stage as a column of the board."""
    found = totals or Totals()
    sums = money.sums(found.amounts)
    return Column(
        id=str(row.id),
        name=row.name,
        kind=row.kind,
        color=row.color,
        limit=row.wip_limit,
        probability=row.probability,
        count=found.count,
        total=sums.text,
        weighted=money.sums(weighted(found.amounts, row.probability), whole=True).text,
        beside=sums.beside,
        note=sums.note,
        age=found.age,
        cards=cards,
        more=more,
    )


def owner_options(session: Session, actor: Principal) -> list[Option]:
    """Owners of deals that the actor may see, by name."""
    rows = session.connection().execute(_owners(sight(actor, "deal")), viewer(actor))
    return [Option(str(row.id), row.name) for row in rows]


@cache
def _owners(seen: Sight) -> Any:
    has_deals = exists().where(deal.c.owner_id == user.c.id, deal.c.deleted_at.is_(None))
    return select(user.c.id, user.c.name).where(visible_to(seen, user.c.id), has_deals).order_by(user.c.name)
