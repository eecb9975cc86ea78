"""Choices for the forms of deals."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.deals.queries.rows import Option
from crm_app.identity.policy import of_team, scope
from crm_app.tables import Pipeline, Stage, User

stage, user, pipeline = (table_of(m) for m in (Stage, User, Pipeline))


@dataclass(frozen=True)
class DealChoices:
    """What the dialog for a new deal offers, and what it starts with."""

    stages: list[Option] = field(default_factory=list)
    stage_id: str = ""
    owners: list[Option] = field(default_factory=list)
    owner_id: str = ""


def deal_choices(session: Session, actor: Principal) -> DealChoices:
    """Open stages of all pipelines that the actor sees, and the people who may own a deal."""
    run = session.connection().execute
    query = (
        select(stage.c.id, stage.c.name, pipeline.c.name.label("pipeline"))
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .where(stage.c.deleted_at.is_(None), pipeline.c.deleted_at.is_(None), stage.c.kind == "open")
        .where(of_team(actor, pipeline.c.team_id))
        .order_by(pipeline.c.position, pipeline.c.id, stage.c.position)
    )
    rows = run(query).all()
    many = len({r.pipeline for r in rows}) > 1
    stages = [Option(str(r.id), f"{r.pipeline}: {r.name}" if many else r.name) for r in rows]
    me = "" if actor.id is None else str(actor.id)
    return DealChoices(stages, stages[0].id if stages else "", assignable(session, actor), me)


def assignable(session: Session, actor: Principal) -> list[Option]:
    """Users to whom the actor may give a deal: all of those within reach, always oneself."""
    query = select(user.c.id, user.c.name).where(user.c.deleted_at.is_(None), user.c.status != "disabled")
    reach = scope(actor, "edit", "deal")
    if reach != "all" and actor.id is not None:
        query = query.where(user.c.id.in_(actor.member_ids if reach == "team" else [actor.id]))
    return [Option(str(r.id), r.name) for r in session.connection().execute(query.order_by(user.c.name))]
