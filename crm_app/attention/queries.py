"""The inbox of one user, and what is to do: only what is one's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of
from crm_app.core.money import format_money
from crm_app.core.reader import near_day, short_day, weekday_name
from crm_app.core.text import initials
from crm_app.records.address import own_link
from crm_app.records.reading import may_see, titles
from crm_app.tables import Activity, Company, Deal, Notification, Stage, User

SHOWN = 50
ASKED = "access"  # the type of a note that waits for an answer
WEEK = timedelta(days=7)
note, user, activity, deal, stage, company = (table_of(m) for m in (Notification, User, Activity, Deal, Stage, Company))


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of the inbox."""

    id: int
    type: str
    text: str
    when: str
    path: str
    initials: str
    color: str
    unread: bool
    asks: bool = False


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something planned."""

    id: int
    type: str
    subject: str
    about: str
    href: str
    due: str
    tone: str


@dataclass(frozen=True, slots=True)
class DealRow:
    """An open deal with its next step."""

    id: int
    title: str
    company: str
    value: str
    stage: str
    step: str
    tone: str
    href: str


def unread_count(session: Session, actor: Principal) -> int:
    """How many notes of the actor are unread."""
    query = select(func.count()).select_from(note).where(note.c.user_id == actor.id, note.c.read_at.is_(None))
    return int(session.connection().execute(query).scalar_one())


def inbox(session: Session, actor: Principal, *, only: str = "", before: int = 0) -> tuple[list[NoteRow], bool]:
    """The newest notes of the actor, and whether there are older ones."""
    query = select(note, user.c.name.label("who"), user.c.color).outerjoin(user, user.c.id == note.c.actor_id)
    query = query.where(note.c.user_id == actor.id).order_by(note.c.id.desc()).limit(SHOWN + 1)
    if only:
        query = query.where(note.c.type == only)
    if before:
        query = query.where(note.c.id < before)
    rows = session.connection().execute(query).all()
    return [_note(row, actor) for row in rows[:SHOWN]], len(rows) > SHOWN


def _note(row: Any, actor: Principal) -> NoteRow:
    at, today = row.at.astimezone(ZoneInfo(actor.zone)), clock.today(actor.zone)
    when = f"{at:%H:%M}" if at.date() == today else near_day(at, today)
    return NoteRow(
        id=row.id,
        type=row.type,
        text=row.text,
        when=when,
        path=row.path,
        initials=initials(row.who or "Kith"),
        color=row.color or "",
        unread=row.read_at is None,
        asks=row.type == ASKED,
    )


def mark_read(session: Session, actor: Principal, ids: list[int] | None = None) -> None:
    """These notes of the actor, or all of them, are read."""
    mine = [note.c.user_id == actor.id, note.c.read_at.is_(None)]
    if ids is not None:
        mine.append(note.c.id.in_(ids))
    session.connection().execute(update(Notification).where(*mine).values(read_at=now()))


def tasks_of(session: Session, actor: Principal) -> list[TaskRow]:
    """What the actor planned and has not done: overdue, today, in the next seven days; soonest first."""
    today = clock.today(actor.zone)
    until = start_of(today + WEEK, actor.zone)
    query = (
        select(activity)
        .where(activity.c.owner_id == actor.id, activity.c.done_at.is_(None), activity.c.due_at < until)
        .where(activity.c.deleted_at.is_(None), activity.c.type.in_(("call", "meeting", "task")))
        .where(may_see(actor, kind("activity")))
        .order_by(activity.c.due_at, activity.c.id)
        .limit(SHOWN)
    )
    rows = session.connection().execute(query).all()
    refs = {row.id: ref for row in rows if (ref := _about(row))}
    names = titles(session, actor, refs.values())
    found = []
    for row in rows:
        at = row.due_at.astimezone(ZoneInfo(actor.zone))
        late = (today - at.date()).days
        ref = refs.get(row.id)
        name = names.get(ref, "") if ref else ""
        href = f"{kind(ref[0]).path}/{ref[1]}" if ref and name else own_link(row.body)
        tone = "r" if late > 0 else "g" if late == 0 else ""
        found.append(TaskRow(row.id, row.type, row.subject or row.type.capitalize(), name, href, _due(at, late), tone))
    return found


def _late(days: int) -> str:
    return f"{days} day{'s' if days > 1 else ''} late"


def _due(at: datetime, late: int) -> str:
    if late > 0:
        return _late(late)
    return f"Today {at:%H:%M}" if late == 0 else f"{weekday_name(at)} {at:%H:%M}"


def _about(row: Any) -> tuple[str, int] | None:
    for name in ("deal", "person", "company"):
        if (id := getattr(row, f"{name}_id")) is not None:
            return name, id
    return None


def deals_to_move(session: Session, actor: Principal) -> list[DealRow]:
    """The open deals of the actor, those with the nearest next step first, those without one last."""
    query = (
        select(deal, stage.c.name.label("stage"), company.c.name.label("company"))
        .select_from(
            deal.join(stage, stage.c.id == deal.c.stage_id).outerjoin(company, company.c.id == deal.c.company_id)
        )
        .where(deal.c.owner_id == actor.id, deal.c.deleted_at.is_(None), stage.c.kind == "open")
        .where(may_see(actor, kind("deal")))
        .order_by(deal.c.next_step_at.is_(None), deal.c.next_step_at, deal.c.id)
        .limit(12)
    )
    today, found = clock.today(actor.zone), []
    for row in session.connection().execute(query):
        at = row.next_step_at.astimezone(ZoneInfo(actor.zone)) if row.next_step_at else None
        late = (today - at.date()).days if at else 0
        tone = "amber" if at is None else "red" if late > 0 else "green" if late == 0 else "grey"
        value = format_money(row.value_minor, row.currency, actor.locale)
        found.append(
            DealRow(
                row.id, row.title, row.company or "", value, row.stage, _step(row, at, late), tone, f"/deals/{row.id}"
            )
        )
    return found


def _step(row: Any, at: datetime | None, late: int) -> str:
    if at is None:
        return "No next step"
    if late > 0:
        return _late(late)
    return f"{row.next_step} today" if late == 0 else f"{row.next_step} {short_day(at)}"
