"""One's calendar as a feed of RFC 5545: what its user may see, and nothing of anybody else."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur
from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.queries.access import about_of, activity, asked_to, title_of
from crm_app.activities.queries.calendar import Span, rows_of
from crm_app.core.actor import Principal
from crm_app.core.changes.working import IN_LIMIT
from crm_app.core.clock import start_of, today
from crm_app.core.config import settings
from crm_app.core.recurrence import read_rule
from crm_app.identity.policy import decide
from crm_app.identity.sessions import principal_of
from crm_app.records.mentions import plain
from crm_app.records.reading import titles
from crm_app.tables import User

PAST, FUTURE = timedelta(days=90), timedelta(days=400)
USUAL_MINUTES, MOST = 30, 5000
PRIORITIES = {"high": 1, "normal": 5, "low": 9}
EXTERNAL = "ics:"


def feed_of(session: Session, user: User) -> bytes:
    """The calendar file of a user, as that user would see it signed in."""
    actor = principal_of(session, user)
    here = today(actor.zone)
    span = Span(start_of(here - PAST, actor.zone), start_of(here + FUTURE, actor.zone), actor.zone)
    zones = {row.id: row.zone or actor.zone for row in rows_of(session, [user.id], span)}
    rows = _readable(session, actor, list(zones)[-MOST:])
    about = titles(session, actor, [ref for row in rows if (ref := about_of(row))])
    calendar = Calendar()
    calendar.add("prodid", "-//Kith//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Kith: {user.name}")
    for row in rows:
        ref = about_of(row)
        calendar.add_component(event_of(row, zones[row.id], about.get(ref, "") if ref else ""))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _readable(session: Session, actor: Principal, ids: list[int]) -> list[Any]:
    asked, found = asked_to(session, actor.id, ids), list[Any]()
    for start in range(0, len(ids), IN_LIMIT):
        query = select(activity).where(
            activity.c.id.in_(ids[start : start + IN_LIMIT]), activity.c.deleted_at.is_(None)
        )
        found += session.connection().execute(query.order_by(activity.c.id)).all()
    return [r for r in found if r.id in asked or decide(actor, "read", "activity", r.owner_id).allowed]


def uid_of(id: int, external_id: str | None) -> str:
    """Stable for ever: what a calendar file brought keeps its own."""
    if external_id and external_id.startswith(EXTERNAL):
        return external_id.removeprefix(EXTERNAL)
    return f"kith-{id}@{urlsplit(settings().base_url).hostname}"


def event_of(row: Any, zone: str, about: str) -> Event:
    """One activity. What repeats has local times with their zone, so that it stays at its hour; all else is in UTC."""
    event = Event()
    event.add("uid", uid_of(row.id, row.external_id))
    event.add("dtstamp", row.updated_at)
    event.add("created", row.created_at)
    event.add("last-modified", row.updated_at)
    event.add("sequence", row.version - 1)
    event.add("summary", title_of(row))
    for name, value in _times(row, zone).items():
        event.add(name, value)
    if row.place:
        event.add("location", row.place)
    if text := _text(row, about):
        event.add("description", text)
    event.add("url", f"{settings().base_url}/calendar?activity={row.id}")
    event.add("categories", [row.type.upper()])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT" if row.type == "task" else "OPAQUE")
    if row.type == "task":
        event.add("priority", PRIORITIES[row.priority])
    return event


def _times(row: Any, zone: str) -> dict[str, Any]:
    start: datetime = row.due_at or row.done_at
    local = start.astimezone(ZoneInfo(zone))
    minutes = row.duration_minutes or 0
    rule = _rule(row, zone)
    if row.all_day:
        days = max(-(-minutes // 1440), 1)
        return {"dtstart": local.date(), "dtend": local.date() + timedelta(days=days)} | rule
    end = start + timedelta(minutes=minutes or USUAL_MINUTES)
    if rule:
        return {"dtstart": local, "dtend": end.astimezone(ZoneInfo(zone))} | rule
    return {"dtstart": start, "dtend": end}


def _rule(row: Any, zone: str) -> dict[str, Any]:
    """The rule of an open one; its last day ends, as RFC 5545 wants it, at an instant in UTC, or on a date."""
    if not row.repeat or row.done_at is not None:
        return {}
    try:
        rule = read_rule(row.repeat)
    except ValueError:  # came in by an import, where gates do not ask
        return {}
    text = rule.base + (f";COUNT={rule.count}" if rule.count else "")
    if rule.until:
        last = datetime.combine(rule.until, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
        text += f";UNTIL={rule.until:%Y%m%d}" if row.all_day else f";UNTIL={last:%Y%m%dT%H%M%SZ}"
    return {"rrule": vRecur.from_ical(text)}


def _text(row: Any, about: str) -> str:
    parts = [about, plain(row.body), plain(row.agenda), plain(row.meeting_minutes)]
    return "\n\n".join(part.strip() for part in parts if part.strip())
