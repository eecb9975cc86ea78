"""Choices for the forms of deals."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import of_team
from crm_app.records.listing.rows import Option
from crm_app.tables import Pipeline, Stage

stage, pipeline = table_of(Stage), table_of(Pipeline)


def open_stages(session: Session, actor: Principal) -> list[Option]:
    """Where a deal may begin: the open stages of all pipelines that the actor sees, in their order."""
    query = (
        select(stage.c.id, stage.c.name, pipeline.c.name.label("pipeline"))
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .where(stage.c.deleted_at.is_(None), pipeline.c.deleted_at.is_(None), stage.c.kind == "open")
        .where(of_team(actor, pipeline.c.team_id))
        .order_by(pipeline.c.position, pipeline.c.id, stage.c.position)
    )
    rows = session.connection().execute(query).all()
    many = len({r.pipeline for r in rows}) > 1
    return [Option(str(r.id), f"{r.pipeline}: {r.name}" if many else r.name) for r in rows]
