"""Somebody's day: what is overdue, due today and in the next six days, in one list."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from crm_app.activities.inputs import PLANNABLE
from crm_app.activities.queries.access import about_of, activity, attendee, href_of, title_of
from crm_app.activities.queries.numbers import numbers_for, numbers_of
from crm_app.activities.rows import DayRow, Number
from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.clock import start_of
from crm_app.core.reader import weekday_name
from crm_app.core.recurrence import read_rule, words
from crm_app.identity.policy import decide
from crm_app.records.address import own_link
from crm_app.records.reading import Title, may_see, titles

OPEN = "Open what it is about"
SHOWN = 200
WEEK = timedelta(days=7)


def day_rows(session: Session, actor: Principal) -> list[DayRow]:
    """What the actor owns, and coming meetings to which the actor is asked; soonest first."""
    today = clock.today(actor.zone)
    asked = select(attendee.c.activity_id).where(attendee.c.user_id == actor.id, attendee.c.response != "declined")
    own = and_(activity.c.owner_id == actor.id, may_see(actor, kind("activity")))
    coming = and_(activity.c.id.in_(asked), activity.c.due_at >= start_of(today, actor.zone))
    query = (
        select(activity)
        .where(activity.c.deleted_at.is_(None), activity.c.done_at.is_(None), activity.c.type.in_(PLANNABLE))
        .where(activity.c.due_at < start_of(today + WEEK, actor.zone), or_(own, coming))
        .order_by(activity.c.due_at, activity.c.id)
        .limit(SHOWN)
    )
    rows = session.connection().execute(query).all()
    refs = {row.id: ref for row in rows if (ref := about_of(row))}
    names = titles(session, actor, refs.values())
    phones = numbers_of(
        session, actor, [(n, id) for r in rows for n in ("person", "company") if (id := getattr(r, f"{n}_id"))]
    )
    return [_row(row, actor, refs.get(row.id), names, numbers_for(row, phones), today) for row in rows]


def _row(
    row: Any, actor: Principal, ref: Title | None, names: dict[Title, str], numbers: list[Number], today: date
) -> DayRow:
    at, link = row.due_at.astimezone(ZoneInfo(actor.zone)), "" if ref else own_link(row.body)
    return DayRow(
        row.id,
        row.version,
        section_of(at.date(), today),
        row.type,
        title_of(row),
        names.get(ref, "") if ref else OPEN if link else "",
        href_of(ref) if ref in names else link,
        due_words(at, today, all_day=row.all_day),
        "r" if at.date() < today else "g" if at.date() == today else "",
        row.priority if row.type == "task" else "normal",
        _repeats(row),
        numbers[0].text if numbers else "",
        numbers[0].href if numbers else "",
        str(row.deal_id or ""),
        str(row.person_id or ""),
        str(row.company_id or ""),
        decide(actor, "edit", "activity", row.owner_id).allowed,
    )


def section_of(day: date, today: date) -> str:
    """`overdue`, `today` or `week`."""
    return "overdue" if day < today else "today" if day == today else "week"


def due_words(at: datetime, today: date, *, all_day: bool) -> str:
    """`3 days late`, `09:30`, `Today`, `Thu 14:00`."""
    late = (today - at.date()).days
    if late > 0:
        return f"{late} day{'s' if late > 1 else ''} late"
    if late == 0:
        return "Today" if all_day else f"{at:%H:%M}"
    return weekday_name(at) if all_day else f"{weekday_name(at)} {at:%H:%M}"


def _repeats(row: Any) -> str:
    try:
        return words(read_rule(row.repeat)) if row.repeat else ""
    except ValueError:
        return ""
