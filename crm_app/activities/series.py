"""What repeats: the next of a finished activity, with everything that is as before."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session

from crm_app.core.changes import Change
from crm_app.core.changes.working import table_of
from crm_app.core.clock import start_of, today
from crm_app.core.recurrence import next_occurrence, read_rule
from crm_app.tables import Activity, ActivityAttendee, User

SAME = (
    *("type", "subject", "body", "person_id", "company_id", "deal_id", "owner_id"),
    *("duration_minutes", "all_day", "place", "agenda", "priority", "remind_minutes"),
)
activity, attendee, user = table_of(Activity), table_of(ActivityAttendee), table_of(User)


def next_ones(session: Session, ids: Sequence[int], zone: str) -> list[Change]:
    """The activities that follow these finished ones, as far as their series go on and nothing follows already.

    Times are kept in the zone of the owner; what was missed is not made up for: the next one is due today or later.
    """
    run = session.connection().execute
    later = activity.alias("later")
    followed = exists().where(later.c.follows_id == activity.c.id, later.c.deleted_at.is_(None))
    query = (
        select(activity, user.c.zone.label("zone"))
        .outerjoin(user, user.c.id == activity.c.owner_id)
        .where(activity.c.id.in_(ids), activity.c.repeat != "", activity.c.due_at.is_not(None))
        .where(activity.c.deleted_at.is_(None), ~followed)
    )
    rows = run(query).all()
    asked = _attendees(session, [row.id for row in rows])
    return [change for row in rows if (change := _next(row, row.zone or zone, asked[row.id]))]


def _next(row: Any, zone: str, asked: list[dict[str, Any]]) -> Change | None:
    try:
        rule = read_rule(row.repeat)
    except ValueError:  # came in by an import, where gates do not ask
        return None
    found = next_occurrence(rule, row.due_at, zone, start_of(today(zone), zone))
    if found is None:
        return None
    due, left = found
    values = {name: getattr(row, name) for name in SAME}
    values |= {"due_at": due, "repeat": left.write(), "follows_id": row.id, "attendees": asked}
    return Change("activity", op="create", set=values, row_no=-row.id)


def _attendees(session: Session, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    living = select(user.c.id).where(user.c.deleted_at.is_(None))
    query = (
        select(attendee)
        .where(attendee.c.activity_id.in_(ids), (attendee.c.user_id.is_(None)) | attendee.c.user_id.in_(living))
        .order_by(attendee.c.position, attendee.c.id)
    )
    for row in session.connection().execute(query):
        found[row.activity_id].append({"user_id": row.user_id, "person_id": row.person_id})
    return found
