"""The secret link to one's calendar: one a user, kept as a hash, dead when revoked or when its user is."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from crm_app.core.actor import Principal
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden
from crm_app.core.reader import day_and_time, full_day
from crm_app.identity.sessions import hash_token, new_token
from crm_app.tables import CalendarLink, User

NOTE_USE_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class LinkRow:
    """That there is a link, since when, and when a calendar last read it; never the link itself."""

    exists: bool = False
    made: str = ""
    used: str = ""


def make_link(session: Session, actor: Principal) -> str:
    """The token of a new link, which is stored nowhere; an earlier one is dead from here on."""
    if actor.id is None:
        raise Forbidden("Please sign in.")
    token = new_token()
    row = session.get(CalendarLink, actor.id) or CalendarLink(user_id=actor.id, token_hash="")
    row.token_hash, row.created_at, row.last_used_at = hash_token(token), now(), None
    session.add(row)
    session.flush()
    return token


def revoke_link(session: Session, actor: Principal) -> None:
    """Nobody reads the calendar by a link any more."""
    row = session.get(CalendarLink, actor.id)
    if row is not None:
        session.delete(row)
        session.flush()


def link_of(session: Session, actor: Principal) -> LinkRow:
    """What the profile says of one's link."""
    row = session.get(CalendarLink, actor.id)
    if row is None:
        return LinkRow()
    zone = ZoneInfo(actor.zone)
    made, used = row.created_at.astimezone(zone), row.last_used_at
    said = day_and_time(used.astimezone(zone)) if used else ""
    return LinkRow(True, full_day(made), said)


def reader_of(session: Session, token: str) -> User | None:
    """The living, active user whose link this is."""
    query = (
        select(User)
        .join(CalendarLink, col(CalendarLink.user_id) == col(User.id))
        .where(col(CalendarLink.token_hash) == hash_token(token))
        .where(col(User.status) == "active", col(User.deleted_at).is_(None))
    )
    return session.exec(query).first()


def is_use_to_note(session: Session, user_id: int) -> bool:
    """Was the last use long enough ago to be worth a write?"""
    row = session.get(CalendarLink, user_id)
    return row is not None and (row.last_used_at is None or row.last_used_at < now() - NOTE_USE_EVERY)


def note_use(session: Session, user_id: int) -> None:
    """The link was read."""
    row = session.get(CalendarLink, user_id)
    if row is not None:
        row.last_used_at = now()
        session.flush()
