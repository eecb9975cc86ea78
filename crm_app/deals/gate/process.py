"""Pipelines and stages as the gate needs them, read once in a call of `apply_many`."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Context
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.deals.gate.rules import Process, StageRules
from crm_app.identity.policy import of_team
from crm_app.tables import Pipeline, Stage

stage, pipeline = table_of(Stage), table_of(Pipeline)
NO_STAGE = "This stage does not exist."


def find_process(context: Context, stage_id: int) -> tuple[Process, StageRules]:
    """The pipeline of a stage, and the stage. Raises Invalid if there is none."""
    key = ("process of stage", stage_id)
    if key not in context.cache:
        for found in read_process(context.session, stage_id):
            context.cache["process of stage", found[1].id] = found
    if key not in context.cache:
        raise Invalid({"stage_id": NO_STAGE})
    return context.cache[key]


def read_process(session: Session, stage_id: int) -> list[tuple[Process, StageRules]]:
    """Every stage of the pipeline to which that one belongs, removed ones included; none for an unknown stage."""
    rows = session.connection().execute(_stages_beside(), {"stage": stage_id})
    found = [(row, rules_of(row)) for row in rows]
    if not found:
        return []
    opens = tuple(rules for row, rules in found if row.kind == "open" and row.deleted_at is None)
    head = found[0][0]
    process = Process(head.pipeline_id, head.pipeline, head.team_id, head.allow_skip, head.allow_back, opens)
    return [(process, rules) for _, rules in found]


@cache
def _stages_beside() -> Any:
    within = select(stage.c.pipeline_id).where(stage.c.id == bindparam("stage")).scalar_subquery()
    ways = (pipeline.c.name.label("pipeline"), pipeline.c.team_id, pipeline.c.allow_skip, pipeline.c.allow_back)
    query = select(stage, *ways).join(pipeline, pipeline.c.id == stage.c.pipeline_id)
    return query.where(stage.c.pipeline_id == within).order_by(stage.c.position, stage.c.id)


def may_enter(session: Session, actor: Principal, pipeline_id: int) -> bool:
    """Is this pipeline there for the actor?"""
    query = select(pipeline.c.id).where(pipeline.c.id == pipeline_id, of_team(actor, pipeline.c.team_id))
    return session.connection().execute(query).first() is not None


def rules_of(row: Any) -> StageRules:
    """The conditions of a stage from its row."""
    return StageRules(
        row.id,
        row.pipeline_id,
        row.name,
        row.kind,
        tuple(row.required_fields),
        tuple(row.exit_fields),
        frozenset(row.movers),
        row.wip_limit,
        row.wip_refuses,
    )
