"""Activities on a timeline: what was done, and on top what is planned or pinned."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.columns import probed
from crm_app.core.folding import says
from crm_app.core.recurrence import read_rule, words
from crm_app.core.text import initials
from crm_app.identity.policy import decide, visible
from crm_app.records.reading import titles
from crm_app.tables import User
from crm_app.timeline.queries.scope import activity, in_turn, newest, places, together
from crm_app.timeline.rows import Event
from crm_app.timeline.rules import (
    ACTIVITIES,
    DONE,
    PLANNABLE,
    PLANNED,
    RECEIVED,
    WAYS,
    Place,
    Wish,
    day_label,
    due_label,
    due_tone,
)

MOST_HEADS = 40
TEXTS = (activity.c.subject, activity.c.body, activity.c.agenda, activity.c.meeting_minutes)
user = table_of(User)
planned = and_(activity.c.done_at.is_(None), activity.c.type.in_(sorted(PLANNABLE)))
COLUMNS = (
    activity.c.id,
    activity.c.version,
    activity.c.type,
    activity.c.subject,
    activity.c.body,
    activity.c.person_id,
    activity.c.company_id,
    activity.c.deal_id,
    activity.c.owner_id,
    activity.c.due_at,
    activity.c.done_at,
    activity.c.at,
    activity.c.duration_minutes,
    activity.c.all_day,
    activity.c.pinned,
    *(activity.c[name] for name in ("outcome", "place", "agenda", "meeting_minutes", "priority", "repeat")),
)


def _seen_by(actor: Principal) -> ColumnElement[bool]:
    """Those that the actor may see; a record has fewer activities than its owners have."""
    return visible(actor, "activity", probed(activity.c.owner_id))


def done_events(
    session: Session, actor: Principal, name: str, id: int, wish: Wish, count: int
) -> list[tuple[Place, Event]]:
    """What was done with the record, newest first."""
    wanted = [k for k in ACTIVITIES if wish.wants(k)]
    if not wanted:
        return []
    conditions = [activity.c.deleted_at.is_(None), _seen_by(actor), ~planned]
    if len(wanted) < len(ACTIVITIES):
        conditions.append(activity.c.type.in_(wanted))
    if wish.text:
        conditions.append(says(wish.text, *TEXTS))
    rows: dict[int, Any] = {}
    for step in in_turn(session, actor, name, id):
        known = sorted((row.at for row in rows.values()), reverse=True)
        newer = [activity.c.at >= known[count - 1]] if len(known) >= count else []
        parts = [
            newest(select(*COLUMNS).where(place, *conditions, *newer), activity.c.at, activity.c.id, wish.after, count)
            for place in step
        ]
        rows |= {row.id: row for row in session.connection().execute(together(parts))}
    shown = sorted(rows.values(), key=lambda row: (row.at, row.id), reverse=True)[:count]
    return _events(session, actor, name, id, shown)


def head_events(session: Session, actor: Principal, name: str, id: int, wish: Wish) -> list[tuple[Place, Event]]:
    """What is planned, soonest first, then what is pinned; both are bounded."""
    wanted = [k for k in ACTIVITIES if wish.wants(k)]
    head = or_(activity.c.done_at.is_(None), activity.c.pinned)
    conditions = [head, or_(planned, activity.c.pinned), activity.c.deleted_at.is_(None)]
    conditions += [_seen_by(actor), activity.c.type.in_(wanted)]
    if wish.text:
        conditions.append(says(wish.text, *TEXTS))
    parts = [
        select(*COLUMNS).where(place, *conditions).order_by(activity.c.at).limit(MOST_HEADS)
        for place in places(actor, name, id)
    ]
    return _events(session, actor, name, id, session.connection().execute(together(parts)).all())


def _events(session: Session, actor: Principal, name: str, id: int, rows: Any) -> list[tuple[Place, Event]]:
    rows = list({row.id: row for row in rows}.values())
    owners = _owners(session, {row.owner_id for row in rows} - {None})
    about = titles(session, actor, [ref for row in rows if (ref := _about(row, name, id))])
    zone, today = ZoneInfo(actor.zone), clock.today(actor.zone)
    found = []
    for row in rows:
        is_plan = row.done_at is None and row.type in PLANNABLE
        who, color, theirs = owners.get(row.owner_id, ("Somebody", "", zone))
        # a whole day is that day everywhere
        at: datetime = row.at.astimezone(theirs if is_plan and row.all_day else zone)
        ref = _about(row, name, id)
        place = Place(row.at, row.id)
        event = Event(
            key=place.write(),
            id=row.id,
            kind=row.type,
            day=day_label(at.date(), today),
            time="" if row.all_day else f"{at:%H:%M}",
            who=who,
            initials=initials(who),
            color=color,
            verb=_verb(row, is_plan=is_plan),
            subject=row.subject,
            about=about.get(ref, "") if ref else "",
            about_href=f"{kind(ref[0]).path}/{ref[1]}" if ref and ref in about else "",
            body=row.body,
            agenda=row.agenda,
            minutes=row.meeting_minutes,
            facts=_facts(row),
            note=_note(row, at, today, is_plan=is_plan),
            tone=due_tone(at, today) if is_plan and row.due_at else "",
            version=row.version,
            is_done=not is_plan,
            is_pinned=row.pinned,
            can_edit=decide(actor, "edit", "activity", row.owner_id).allowed,
        )
        found.append((place, event))
    return found


def _verb(row: Any, *, is_plan: bool) -> str:
    """What the owner did, or has to do."""
    if row.type == "email" and not is_plan and row.outcome == "received":
        return RECEIVED
    return (PLANNED if is_plan else DONE)[row.type]


def _facts(row: Any) -> list[str]:
    """Beside the subject: how a call ended, where one meets, that it is urgent, that it repeats."""
    try:
        repeats = words(read_rule(row.repeat)) if row.repeat else ""
    except ValueError:  # came in by an import
        repeats = ""
    outcome = "" if row.outcome in WAYS else row.outcome or ""  # the verb says it
    found = (outcome, row.place, "High priority" if row.priority == "high" else "", repeats)
    return [fact[0].upper() + fact[1:] for fact in found if fact]


def _note(row: Any, at: datetime, today: Any, *, is_plan: bool) -> str:
    if not is_plan:
        return f"{row.duration_minutes} min" if row.duration_minutes else ""
    return due_label(at, today, all_day=row.all_day) if row.due_at else "No date"


def _about(row: Any, name: str, id: int) -> tuple[str, int] | None:
    """The nearest other record that the activity is about: a deal before a person before a company."""
    for other in ("deal", "person", "company"):
        value = getattr(row, f"{other}_id")
        if value is not None and (other, value) != (name, id):
            return (other, value) if not (name == "person" and other == "company") else None
    return None


def _owners(session: Session, ids: set[int]) -> dict[int, tuple[str, str, ZoneInfo]]:
    query = select(user.c.id, user.c.name, user.c.color, user.c.zone).where(user.c.id.in_(sorted(ids)))
    return {row.id: (row.name, row.color, ZoneInfo(row.zone)) for row in session.connection().execute(query)}
