"""Reminders of what is due: one note to the owner and to every colleague who is asked, and never a second one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids, savepoint
from crm_app.core.reader import read_by, short_day
from crm_app.core.text import clip
from crm_app.identity.policy import decide
from crm_app.identity.sessions import principal_of
from crm_app.tables import Activity, ActivityAttendee, Notification, User

LATE = timedelta(days=1)  # what a stopped server missed is said when it is back, for a day
MOST = 500
Tell = Callable[[dict[str, Any]], None]
activity, attendee, note, user = (table_of(m) for m in (Activity, ActivityAttendee, Notification, User))


def remind(tell: Tell) -> int:
    """Write the notes that are due and tell the open tabs; answers with how many. Several workers may do so at once."""
    if not db.read_sync(due_reminders):
        return 0
    told = db.write_sync(_write_due)
    if told:
        tell({"kind": "notification", "ids": sorted(set(told))})
    return len(told)


def due_reminders(session: Session) -> list[Any]:
    """Open activities whose time has come and of which somebody has not been told: row, user, and what is unique."""
    at = now()
    query = (
        select(activity)
        .where(activity.c.remind_at <= at, activity.c.remind_at > at - LATE, activity.c.done_at.is_(None))
        .where(activity.c.deleted_at.is_(None))
        .order_by(activity.c.remind_at, activity.c.id)
        .limit(MOST)
    )
    rows = session.connection().execute(query).all()
    wanted = [(row, id, once_of(row)) for row in rows for id in _people(session, row)]
    query = select(note.c.user_id, note.c.once_key).where(
        note.c.once_key.in_({once for _, _, once in wanted}), note.c.user_id.in_({id for _, id, _ in wanted})
    )
    told = {(id, once) for id, once in session.connection().execute(query)}
    return [(row, id, once) for row, id, once in wanted if (id, once) not in told]


def once_of(row: Any) -> str:
    """One reminder of an activity at one time; moved to another time it reminds again."""
    return f"remind:{row.id}:{int(row.remind_at.timestamp())}"


def _people(session: Session, row: Any) -> list[int]:
    asked = select(attendee.c.user_id).where(
        attendee.c.activity_id == row.id, attendee.c.user_id.is_not(None), attendee.c.response != "declined"
    )
    found = set(session.connection().execute(asked).scalars())
    return sorted(found | ({row.owner_id} if row.owner_id is not None else set()))


def _write_due(session: Session) -> list[int]:
    told = []
    for row, user_id, once in due_reminders(session):
        reader = session.get(User, user_id)
        if reader is None or reader.deleted_at is not None or reader.status == "disabled":
            continue
        is_owner = row.owner_id == user_id
        if is_owner and not decide(principal_of(session, reader), "read", "activity", row.owner_id).allowed:
            continue
        values = {
            "id": allocate_ids(session, 1)[0],
            "user_id": user_id,
            "at": now(),
            "type": "reminder",
            "text": words(row, reader.zone, reader.locale),
            "kind": "activity",
            "record_id": row.id,
            "path": f"/calendar?activity={row.id}",
            "once_key": once,
        }
        try:
            with savepoint(session):  # another worker may say it at this very moment; its unique row wins
                session.connection().execute(insert(Notification).values(**values))
        except IntegrityError:
            continue
        told.append(user_id)
    return told


def words(row: Any, zone: str, locale: str) -> str:
    """`Reminder: Call about prices, today 15:00`, in the zone and the formats of the reader."""
    at: datetime = row.due_at.astimezone(ZoneInfo(zone))
    days = (at.date() - now().astimezone(ZoneInfo(zone)).date()).days
    with read_by(locale):
        day = {0: "today", 1: "tomorrow"}.get(days, short_day(at))
    clock = "" if row.all_day else f" {at:%H:%M}"
    return f"Reminder: {clip(row.subject, 140) or row.type.capitalize()}, {day}{clock}"
