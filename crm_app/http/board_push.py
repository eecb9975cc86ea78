"""Which open boards a change concerns, and what they must do about it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.deals.queries.board import column_of, stages_of
from crm_app.deals.queries.cards import cards_above, in_lane, placed_cards
from crm_app.deals.queries.lanes import MOST_LANES, cell_id, count_cells, lanes_of
from crm_app.deals.queries.rows import Card, Summary
from crm_app.deals.queries.sorting import sorting_of
from crm_app.deals.queries.totals import money_of, summary_of, totals_of
from crm_app.deals.queries.wish import Pick, Wish, wanted
from crm_app.identity.policy import decide, within_team
from crm_app.tables import Activity, ActivityAttendee, Deal, Pipeline, Stage

CHANGED = (("batch_id", "batches"), ("record_id", "ids"))
ABOVE = ("count", "total", "weighted", "beside", "note", "age")
deal, stage, pipeline = (table_of(model) for model in (Deal, Stage, Pipeline))
change, activity, attendee = (table_of(model) for model in (ChangeLog, Activity, ActivityAttendee))


@dataclass(frozen=True)
class Place:
    """Whose a deal is and was, and the pipelines it stands and stood in: before and after the changes at hand.

    Of each pipeline also the team whose own it is.
    """

    owners: frozenset[int | None]
    pipelines: Mapping[int, int | None]


def whereabouts(session: Session, ids: list[int], batches: list[int]) -> dict[int, Place]:
    """The place of each of these deals around what the batches changed."""
    run = session.connection().execute
    owners, stages = defaultdict[int, set[Any]](set), defaultdict[int, set[Any]](set)
    for row in run(_owned(), {"ids": ids}):
        owners[row.id].add(row.owner_id)
        stages[row.id].add(row.stage_id)
    for row in run(_changed(), {"ids": ids, "batches": batches}):
        owners[row.record_id].update(row.diff.get("owner_id", ()))
        stages[row.record_id].update(row.diff.get("stage_id", ()))
    known = sorted({id for found in stages.values() for id in found if id is not None})
    rows = run(_within(), {"ids": known})
    found: dict[int, tuple[int, int | None]] = {row.id: (row.pipeline_id, row.team_id) for row in rows}
    return {id: Place(frozenset(owners[id]), dict(found[s] for s in stages[id] if s in found)) for id in owners}


@cache
def _owned() -> Any:
    return select(deal.c.id, deal.c.owner_id, deal.c.stage_id).where(deal.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _changed() -> Any:
    these = (change.c[name].in_(bindparam(key, expanding=True)) for name, key in CHANGED)
    return select(change.c.record_id, change.c.diff).where(change.c.kind == "deal", *these)


@cache
def _within() -> Any:
    query = select(stage.c.id, stage.c.pipeline_id, pipeline.c.team_id)
    query = query.join(pipeline, pipeline.c.id == stage.c.pipeline_id)
    return query.where(stage.c.id.in_(bindparam("ids", expanding=True)))


def deals_of(session: Session, activities: list[int], batches: list[int]) -> set[int]:
    """The deals that these activities belong to, or belonged to before the batches."""
    run = session.connection().execute
    owned = select(activity.c.deal_id).where(activity.c.id.in_(activities), activity.c.deal_id.is_not(None))
    found = set(run(owned).scalars())
    logged = select(change.c.diff).where(
        change.c.batch_id.in_(batches), change.c.kind == "activity", change.c.record_id.in_(activities)
    )
    for diff in run(logged).scalars():
        found.update(id for id in diff.get("deal_id", ()) if id is not None)
    return found


def diaries_of(session: Session, activities: list[int], batches: list[int]) -> frozenset[int]:
    """The users whose these activities are or who are asked to them, now and before the batches."""
    run = session.connection().execute
    found = set(run(select(activity.c.owner_id).where(activity.c.id.in_(activities))).scalars())
    found |= set(run(select(attendee.c.user_id).where(attendee.c.activity_id.in_(activities))).scalars())
    logged = select(change.c.diff).where(
        change.c.batch_id.in_(batches), change.c.kind == "activity", change.c.record_id.in_(activities)
    )
    for diff in run(logged).scalars():
        found.update(diff.get("owner_id", ()))
        rows = [row for key, pair in diff.items() if key.startswith("attendees.") for row in pair if row]
        found.update(row.get("user_id") for row in rows)
    return frozenset(id for id in found if id is not None)


def plain(row: Card | Summary) -> dict[str, Any]:
    """A row by the names of its fields; `asdict` would copy whatever is in it."""
    return {known.name: getattr(row, known.name) for known in fields(row)}


def may_show(who: Principal, pipeline_id: int, place: Place) -> bool:
    """Can this viewer's board of the pipeline show the deal, or have shown it? Nobody else hears that it exists."""
    if pipeline_id not in place.pipelines or not within_team(who, place.pipelines[pipeline_id]):
        return False
    return any(decide(who, "read", "deal", owner) for owner in place.owners)


def board_push(session: Session, actor: Principal, pipeline_id: int, wish: Wish, ids: list[int]) -> dict[str, Any]:
    """What a board of this pipeline, as it is wished for, must do about these deals."""
    pick = wanted(session, actor, wish)
    money = money_of(session, actor, pipeline_id)
    order = sorting_of(wish.sort, actor, money)
    shown = placed_cards(session, actor, ids, pick, order, wish.lanes)
    ops: list[dict[str, Any]] = []
    for id in ids:
        placed = shown.get(id)
        if placed is None or placed.pipeline_id != pipeline_id:
            ops.append({"op": "remove", "id": id})
            continue
        lane, column = pick, str(placed.stage_id)
        if wish.lanes:
            lane, column = pick.narrowed(in_lane(wish.lanes, int(placed.card.lane))), cell_id(column, placed.card.lane)
        index = cards_above(session, placed, lane, order)
        ops.append({"op": "upsert", "id": id, "column": column, "index": index, "card": plain(placed.card)})
    stages = stages_of(session, pipeline_id)
    totals = totals_of(session, pipeline_id, pick, clock.today(actor.zone))
    columns = [column_of(row, totals.get(row.id), money, [], False) for row in stages]
    return {
        "ops": ops,
        "totals": [{"column": c.id} | {name: getattr(c, name) for name in ABOVE} for c in columns],
        "summary": plain(summary_of(stages, totals, money)),
        "cells": _cells(session, pipeline_id, pick, wish.lanes, stages) if wish.lanes else [],
        "stale": False,
    }


def _cells(session: Session, pipeline_id: int, pick: Pick, lanes: str, stages: list[Any]) -> list[dict[str, Any]]:
    """The number of deals in every cell that the board can have; those that became empty are said too."""
    counts = count_cells(session, pipeline_id, pick, lanes)
    shown = lanes_of(session, counts, lanes)[:MOST_LANES]
    every = ((row.id, int(lane.id)) for lane in shown for row in stages)
    return [{"id": cell_id(*key), "count": counts.get(key, 0)} for key in every]
