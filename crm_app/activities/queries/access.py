"""Who may see an activity: whoever the rights let, and whoever is asked to it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.errors import NotFound
from crm_app.identity.policy import decide
from crm_app.tables import Activity, ActivityAttendee

activity, attendee = table_of(Activity), table_of(ActivityAttendee)
ABOUT = ("deal", "person", "company")


def asked_to(session: Session, user_id: int | None, ids: Iterable[int]) -> set[int]:
    """Those of these activities to which this user is asked."""
    wanted, found = sorted(set(ids)), set[int]()
    for start in range(0, len(wanted), IN_LIMIT):
        part = attendee.c.activity_id.in_(wanted[start : start + IN_LIMIT])
        query = select(attendee.c.activity_id).where(part, attendee.c.user_id == user_id)
        found |= set(session.connection().execute(query).scalars())
    return found


def activity_row(session: Session, actor: Principal, id: int) -> Any:
    """A living activity. Raises NotFound for one that the actor may not see and is not asked to."""
    query = select(activity).where(activity.c.id == id, activity.c.deleted_at.is_(None))
    row = session.connection().execute(query).first()
    if row is None:
        raise NotFound
    may = decide(actor, "read", "activity", row.owner_id).allowed
    if not may and not asked_to(session, actor.id, [id]):
        raise NotFound
    return row


def about_of(row: Any) -> tuple[str, int] | None:
    """The nearest record that an activity is about: a deal before a person before a company."""
    return next(((name, id) for name in ABOUT if (id := getattr(row, f"{name}_id")) is not None), None)


def title_of(row: Any) -> str:
    """What an activity is called on every screen."""
    return str(row.subject or ("E-mail" if row.type == "email" else row.type.capitalize()))


def href_of(ref: tuple[str, int] | None) -> str:
    """The page of a record."""
    return f"{kind(ref[0]).path}/{ref[1]}" if ref else ""
