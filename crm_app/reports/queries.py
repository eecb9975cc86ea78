"""The records behind a report, read once: as far as the reader may see them, as far as the filter lets them through."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden
from crm_app.identity.policy import may, visible
from crm_app.identity.teams import team_subtree
from crm_app.reports.rows import Filters, Option
from crm_app.reports.rules import Wish
from crm_app.tables import Activity, Company, Deal, Pipeline, Stage, Team, User

deal, stage, pipeline, company, user, team, activity = (
    table_of(model) for model in (Deal, Stage, Pipeline, Company, User, Team, Activity)
)
OBJECT = {"pipeline": "deal", "forecast": "forecast", "activity": "activity"}


def require(actor: Principal, name: str, action: str = "read") -> None:
    """Raises Forbidden for those who may not see (or take away) what the report is made of."""
    if not may(actor, f"{OBJECT[name]}.{action}"):
        words = "take these records with you" if action == "export" else "see this report"
        raise Forbidden(f"Your role may not {words}.")


def open_deals(session: Session, actor: Principal, wish: Wish) -> list[Any]:
    """Every open deal, in the order of pipelines and stages; with a period, those expected to close in it."""
    named = (
        select(
            deal.c.id, deal.c.title, deal.c.value_minor, deal.c.currency, deal.c.opened_on, deal.c.created_at,
            deal.c.expected_close_on, deal.c.owner_id, deal.c.stage_id,
            stage.c.name.label("stage"), stage.c.probability, pipeline.c.name.label("pipeline"),
            user.c.name.label("owner"), company.c.name.label("company"),
        )
        .select_from(deal)
        .join(stage, stage.c.id == deal.c.stage_id)
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .outerjoin(user, user.c.id == deal.c.owner_id)
        .outerjoin(company, company.c.id == deal.c.company_id)
        .where(deal.c.deleted_at.is_(None), stage.c.kind == "open", visible(actor, "deal", deal.c.owner_id))
        .where(_whose(deal.c.owner_id, wish))
        .order_by(pipeline.c.position, pipeline.c.id, stage.c.position, stage.c.id, deal.c.id)
    )  # fmt: skip
    if wish.start:
        named = named.where(deal.c.expected_close_on >= wish.start)
    if wish.end:
        named = named.where(deal.c.expected_close_on <= wish.end)
    return list(session.connection().execute(named).all())


def activities(session: Session, actor: Principal, wish: Wish) -> list[Any]:
    """Every activity that was due or done on a day of the period, by the reader's calendar."""
    assert wish.start and wish.end
    since, until = edge(wish.start, actor.zone), edge(wish.end + timedelta(days=1), actor.zone)
    due = and_(activity.c.due_at >= since, activity.c.due_at < until)
    done = and_(activity.c.done_at >= since, activity.c.done_at < until)
    query = (
        select(activity.c.id, activity.c.type, activity.c.subject, activity.c.due_at, activity.c.done_at,
               activity.c.owner_id, user.c.name.label("owner"))
        .select_from(activity)
        .outerjoin(user, user.c.id == activity.c.owner_id)
        .where(activity.c.deleted_at.is_(None), or_(due, done), visible(actor, "activity", activity.c.owner_id))
        .where(_whose(activity.c.owner_id, wish))
        .order_by(func.coalesce(activity.c.done_at, activity.c.due_at), activity.c.id)
    )  # fmt: skip
    return list(session.connection().execute(query).all())


def edge(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def filters(session: Session, actor: Principal, name: str) -> Filters:
    """The owners and teams whose records the reader may see."""
    run = session.connection().execute
    reach = visible(actor, OBJECT[name], user.c.id)
    people = run(
        select(user.c.id, user.c.name).where(user.c.deleted_at.is_(None), reach).order_by(user.c.sort_key, user.c.id)
    ).all()
    members = select(user.c.team_id).where(user.c.deleted_at.is_(None), reach)
    above = [row.id for row in run(select(team.c.id).where(team.c.deleted_at.is_(None), team.c.id.in_(members)))]
    teams = run(select(team.c.id, team.c.name).where(team.c.id.in_(above)).order_by(team.c.sort_key, team.c.id)).all()
    return Filters([Option(str(p.id), p.name) for p in people[:500]], [Option(str(t.id), t.name) for t in teams[:200]])


def name_of(session: Session, wish: Wish) -> list[str]:
    """The owner and the team that the filter names, for the line under the title."""
    found = []
    for table, id in ((user, wish.owner_id), (team, wish.team_id)):
        if id is not None:
            name = session.connection().execute(select(table.c.name).where(table.c.id == id)).scalar()
            found.append(str(name or "nobody"))
    return found


def _whose(owner: Any, wish: Wish) -> ColumnElement[bool]:
    conditions: list[Any] = []
    if wish.owner_id is not None:
        conditions.append(owner == wish.owner_id)
    if wish.team_id is not None:
        subtree = select(team_subtree(wish.team_id).c.id)
        conditions.append(owner.in_(select(user.c.id).where(user.c.team_id.in_(subtree))))
    return and_(*conditions) if conditions else ~false()
