"""When activities change, the next step and the last touch of their deals follow, in the same transaction."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from crm_app.activities.hooks import linked, touch
from crm_app.core.changes import Applied, Context
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.columns import UtcDateTime
from crm_app.core.errors import Refused
from crm_app.tables import Activity, Deal

STEP_NAMES = {"call": "Call", "meeting": "Meeting", "task": "Task", "email": "Mail", "note": "Note"}
INTERACTIONS = ("call", "meeting", "email", "note")  # a finished task is no talk with the customer
CHUNK = 500
CIRCLE = "A deal cannot be renewed or extended by one of its own earlier deals."


def follow_activities(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: the deals that the changed activities belong, or belonged, to."""
    found = linked(context, applied, "deal_id")
    recompute(context.session, found.others)
    _extend(context.session, found.new)


def _extend(session: Session, new: Mapping[int, list[Row]]) -> None:
    """The same of deals that only got new activities: their next step can come earlier, their last touch later."""
    steps = []
    for id, rows in new.items():
        planned = [(row["due_at"], row["id"], row["type"]) for row in rows if row["due_at"] and row["done_at"] is None]
        if planned:
            due, _, type_ = min(planned)
            steps.append({"b_id": id, "b_at": due, "b_step": STEP_NAMES.get(type_, "Task")})
    if steps:
        session.connection().execute(_earlier(), steps)
    talks = ((id, row["done_at"]) for id, rows in new.items() for row in rows if row["type"] in INTERACTIONS)
    touch(session, table_of(Deal), talks)


@cache
def _earlier() -> Any:
    deal, at = table_of(Deal), bindparam("b_at", type_=UtcDateTime)
    later = deal.c.next_step_at.is_(None) | (deal.c.next_step_at > at)
    values = {"next_step_at": at, "next_step": bindparam("b_step")}
    return update(deal).where(deal.c.id == bindparam("b_id"), later).values(values)


def recompute(session: Session, deal_ids: list[int]) -> None:
    """Set the derived columns of these deals from their living activities."""
    run = session.connection().execute
    activity, deal = table_of(Activity), table_of(Deal)
    for start in range(0, len(deal_ids), CHUNK):
        part = deal_ids[start : start + CHUNK]
        living = (activity.c.deal_id.in_(part)) & (activity.c.deleted_at.is_(None))
        talks = living & activity.c.type.in_(INTERACTIONS)
        newest = select(activity.c.deal_id, func.max(activity.c.done_at)).where(talks).group_by(activity.c.deal_id)
        touched = dict(run(newest).all())
        steps: dict[int, tuple] = {}
        planned = (
            select(activity.c.deal_id, activity.c.due_at, activity.c.type, activity.c.subject)
            .where(living, activity.c.done_at.is_(None), activity.c.due_at.is_not(None))
            .order_by(activity.c.due_at, activity.c.id)
        )
        for deal_id, due, type_, _subject in run(planned):
            steps.setdefault(deal_id, (due, STEP_NAMES.get(type_, "Task")))
        names = ("next_step_at", "next_step", "last_touch_at")
        statement = update(deal).where(deal.c.id == bindparam("b_id")).values({n: bindparam(n) for n in names})
        values = [(i, *steps.get(i, (None, "")), touched.get(i)) for i in part]
        run(statement, [dict(zip(("b_id", *names), v, strict=True)) for v in values])


def refuse_earlier_circles(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`, after the rows are written: no deal is, by however many steps, earlier than itself."""
    for done in applied:
        if done.kind == "deal" and (done.diff.get("earlier_deal_id") or [None, None])[1] is not None:
            _refuse_circle(context.session, done.id)


def _refuse_circle(session: Session, deal_id: int) -> None:
    deal = table_of(Deal)
    seen: set[int] = set()
    at: int | None = deal_id
    while at is not None:
        if at in seen:
            raise Refused(CIRCLE)
        seen.add(at)
        at = session.connection().execute(select(deal.c.earlier_deal_id).where(deal.c.id == at)).scalar()
