"""Once something is done: has its deal another step, and if not, which one would be natural?"""

from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlmodel import Session

from crm_app.activities.inputs import PLANNABLE
from crm_app.activities.queries.access import activity
from crm_app.activities.rows import Offer
from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import may
from crm_app.records.reading import may_see
from crm_app.tables import Deal, Stage

deal, stage = table_of(Deal), table_of(Stage)
SUGGESTED_DAYS = 7


def next_offer(session: Session, actor: Principal, activity_id: int) -> Offer:
    """What to plan next for the open deal of a finished activity; an empty offer where nothing needs to be asked."""
    if not may(actor, "activity.create"):
        return Offer()
    other = activity.alias("other")
    planned = exists().where(
        other.c.deal_id == deal.c.id,
        other.c.deleted_at.is_(None),
        other.c.done_at.is_(None),
        other.c.due_at.is_not(None),
        other.c.type.in_(PLANNABLE),
    )
    query = (
        select(deal.c.id, deal.c.title, activity.c.type)
        .select_from(activity.join(deal, deal.c.id == activity.c.deal_id).join(stage, stage.c.id == deal.c.stage_id))
        .where(activity.c.id == activity_id, activity.c.deleted_at.is_(None), activity.c.done_at.is_not(None))
        .where(deal.c.deleted_at.is_(None), stage.c.kind == "open", ~planned)
        .where(may_see(actor, kind("activity")), may_see(actor, kind("deal")))
    )
    row = session.connection().execute(query).first()
    if row is None:
        return Offer()
    type_ = row.type if row.type in PLANNABLE else "task"
    day = suggested_day(clock.today(actor.zone))
    return Offer(0, row.id, row.title, type_, "Follow up" if type_ == "task" else "", day.isoformat())


def suggested_day(today: date) -> date:
    """A week from now, and never on a weekend."""
    day = today + timedelta(days=SUGGESTED_DAYS)
    return day + timedelta(days=max(7 - day.weekday(), 0)) if day.weekday() > 4 else day
