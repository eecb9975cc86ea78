"""A stage becomes part of another one: its deals move as a run of one batch, then the stage goes."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.deals.editor.service import LAST_OPEN
from crm_app.identity.policy import decide
from crm_app.records.bulk import Portion, open_run
from crm_app.tables import BulkRun, Deal, Stage

MERGE = "merge_stage"
deal, stage = table_of(Deal), table_of(Stage)


def start_merge(session: Session, actor: Principal, stage_id: int, into_id: int) -> int:
    """The run. Raises Forbidden, NotFound; Refused for stages of different kinds and for the last open one."""
    for action, obj in (("delete", "pipeline"), ("mass_edit", "deal")):
        verdict = decide(actor, action, obj)
        if not verdict.allowed:
            raise Forbidden(verdict.why)
    going, into = session.get(Stage, stage_id), session.get(Stage, into_id)
    if going is None or into is None or going.deleted_at or into.deleted_at:
        raise NotFound("One of these stages was removed meanwhile.")
    if going.id == into.id:
        raise Refused("A stage cannot be merged into itself.")
    if going.kind != into.kind:
        raise Refused("Only stages of the same kind are merged: open, won or lost.")
    if going.kind == "open" and not _other_open(session, going):
        raise Refused(LAST_OPEN)
    count = select(func.count()).where(deal.c.stage_id == going.id, deal.c.deleted_at.is_(None))
    return open_run(
        session,
        actor,
        MERGE,
        "stage",
        total=session.connection().execute(count).scalar_one(),
        set_values={"stage": going.id, "into": into.id},
        note=f"{going.name} merged into {into.name}",
    )


def _other_open(session: Session, going: Stage) -> bool:
    others = select(stage.c.id).where(
        stage.c.pipeline_id == going.pipeline_id,
        stage.c.kind == "open",
        stage.c.deleted_at.is_(None),
        stage.c.id != going.id,
    )
    return session.connection().execute(others.limit(1)).first() is not None


def merged(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next deals, each in its place and with its days; with the last of them the stage goes.

    Who moved a deal in meanwhile sends the run round once more; after that nobody can, the stage is locked.
    """
    stage_id, into = int(run.set_values["stage"]), int(run.set_values["into"])
    rows = _deals(session, stage_id, run.cursor, limit)
    portion = Portion([_moved(row, into) for row in rows], len(rows), rows[-1].id if rows else run.cursor)
    if len(rows) == limit:
        return portion
    session.connection().execute(select(stage.c.id).where(stage.c.id == stage_id).with_for_update())
    taken = {row.id for row in rows}
    if not run.refused and any(row.id not in taken for row in _deals(session, stage_id, 0, len(rows) + 1)):
        portion.cursor = 0
        return portion
    portion.changes.append(Change("stage", stage_id, op="delete"))
    portion.is_last = True
    return portion


def _deals(session: Session, stage_id: int, after: int, limit: int) -> list[Any]:
    query = select(deal.c.id, deal.c.rank, deal.c.stage_since).where(
        deal.c.stage_id == stage_id, deal.c.id > after, deal.c.deleted_at.is_(None)
    )
    return list(session.connection().execute(query.order_by(deal.c.id).limit(limit)).all())


def _moved(row: Any, into: int) -> Change:
    return Change("deal", row.id, {"stage_id": into, "rank": row.rank, "stage_since": row.stage_since})
