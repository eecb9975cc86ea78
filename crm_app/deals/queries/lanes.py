"""A board in lanes, by owner or by team: every lane has its own cells, one for each stage."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.text import initials
from crm_app.deals.queries.cards import lane_column
from crm_app.deals.queries.looks import Look, card_query
from crm_app.deals.queries.rows import Card, Cell, Lane
from crm_app.deals.queries.sorting import Sorting
from crm_app.deals.queries.wish import Pick
from crm_app.tables import Deal, Stage, Team, User

MOST_LANES, MOST_CARDS, LEAST, MOST = 30, 600, 3, 20
deal, stage, user, team = (table_of(model) for model in (Deal, Stage, User, Team))
Counts = dict[tuple[int, int], int]


def cell_id(stage_id: int | str, lane: int | str) -> str:
    """The name of a cell, as the browser knows it."""
    return f"{stage_id}:{lane}"


def count_cells(session: Session, pipeline_id: int, pick: Pick, lanes: str) -> Counts:
    """The number of deals by stage and lane, in one statement."""
    lane = func.coalesce(lane_column(lanes), 0).label("lane")
    query = select(deal.c.stage_id, lane, func.count()).select_from(deal).outerjoin(user, user.c.id == deal.c.owner_id)
    query = query.join(stage, stage.c.id == deal.c.stage_id).where(stage.c.pipeline_id == pipeline_id, pick.condition)
    rows = session.connection().execute(query.group_by(deal.c.stage_id, lane), pick.values)
    return {(stage_id, lane_id): count for stage_id, lane_id, count in rows}


def lanes_of(session: Session, counts: Counts, lanes: str) -> list[Lane]:
    """The lanes that hold deals, by name; those of nobody the last."""
    sizes: dict[int, int] = {}
    for (_, lane), count in counts.items():
        sizes[lane] = sizes.get(lane, 0) + count
    found = [
        Lane(str(row.id), row.name, sizes[row.id], initials(row.name) if lanes == "owner" else "", row.color)
        for row in session.connection().execute(_names(lanes, sorted(sizes)))
    ]
    if 0 in sizes:
        found.append(Lane("0", "Nobody" if lanes == "owner" else "No team", sizes[0]))
    return found


def _names(lanes: str, ids: list[int]) -> Any:
    if lanes == "owner":
        named = select(user.c.id, user.c.name, user.c.color).where(user.c.id.in_(ids))
        return named.order_by(user.c.sort_key, user.c.id)
    named = select(team.c.id, team.c.name, literal("").label("color")).where(team.c.id.in_(ids))
    return named.order_by(team.c.sort_key, team.c.id)


def cells_of(
    session: Session,
    actor: Principal,
    stages: list[Any],
    found: list[Lane],
    counts: Counts,
    pick: Pick,
    sorting: Sorting,
    lanes: str,
) -> list[Cell]:
    """Every cell of these lanes with its first cards: two statements, one for open stages and one for closed ones."""
    most = max(LEAST, min(MOST, MOST_CARDS // max(1, len(found) * len(stages))))
    cards: dict[str, list[Card]] = {}
    for kinds in (("open",), ("won", "lost")):
        chosen = {row.id: row for row in stages if row.kind in kinds}
        if chosen:
            first = _first(chosen, pick.condition, sorting, kinds[0], lanes, most)
            look = Look(actor, sorting, lanes)
            for row in session.connection().execute(first, pick.values):
                card = look.card(row, chosen[row.stage_id].kind, chosen[row.stage_id].rot_days)
                cards.setdefault(cell_id(row.stage_id, card.lane), []).append(card)
    cells = []
    for lane in found:
        for row in stages:
            name, count = cell_id(row.id, lane.id), counts.get((row.id, int(lane.id)), 0)
            held = cards.get(name, [])
            cells.append(Cell(name, str(row.id), lane.id, count, held, count > len(held)))
    return cells


def _first(
    chosen: dict[int, Any], condition: ColumnElement[bool], sorting: Sorting, kind: str, lanes: str, most: int
) -> Any:
    """The first cards of every cell, in the order of the cells' columns."""
    order = sorting.of(kind)
    lane = lane_column(lanes)
    turn = func.row_number().over(partition_by=(deal.c.stage_id, lane), order_by=order.by()).label("turn")
    inside = and_(condition, deal.c.stage_id.in_(list(chosen)))
    ranked = select(deal.c.id, turn).select_from(deal).outerjoin(user, user.c.id == deal.c.owner_id).where(inside)
    held = ranked.subquery("held")
    query = card_query().add_columns(deal.c.stage_id, *sorting.columns)
    return query.join(held, held.c.id == deal.c.id).where(held.c.turn <= most).order_by(held.c.turn)
