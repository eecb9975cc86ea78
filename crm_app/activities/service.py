"""Commands of activities: save, move, finish, put off, answer an invitation, plan the next step. They never commit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.inputs import lasting, moved, read_activity
from crm_app.activities.kind import RESPONSES
from crm_app.activities.queries.access import activity_row, attendee
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.clock import now, today
from crm_app.core.errors import Invalid, NotFound
from crm_app.core.text import id_of
from crm_app.records.reading import record_row, titles
from crm_app.tables import User


def save_activity(
    session: Session, actor: Principal, id: int, values: Mapping[str, str], expected: int | None = None
) -> Applied:
    """A new one (id 0) or a change of one. Raises Invalid by field, Conflict, Forbidden or NotFound."""
    row = activity_row(session, actor, id) if id else None
    owner_id = values.get("owner_id", "") if row is None or "owner_id" in values else str(row.owner_id or "")
    whole_day = bool(values.get("day")) and not values.get("time")
    zone = _zone(session, owner_id, actor) if whole_day else actor.zone
    wanted = read_activity(values, zone, row.repeat if row else "")
    if row is None:
        if wanted["type"] == "call" and wanted.get("outcome"):  # a call with an outcome has been made
            wanted["done_at"] = min(wanted["due_at"] or now(), now())
        return apply(session, actor, Change("activity", op="create", set=wanted))
    if "attendees" in wanted:
        wanted["attendees"] += _unseen(session, actor, id)
    return apply(session, actor, Change("activity", id, wanted, expected=expected))


def _zone(session: Session, owner_id: str, actor: Principal) -> str:
    """A whole day is one of the owner's calendar."""
    id = id_of(owner_id)
    owner = session.get(User, id) if id is not None else None
    return owner.zone if owner else actor.zone


def _unseen(session: Session, actor: Principal, id: int) -> list[dict[str, Any]]:
    """Those asked whom the actor may not see: they stay."""
    rows = session.connection().execute(select(attendee).where(attendee.c.activity_id == id)).all()
    refs = {r.id: ("user", r.user_id) if r.user_id else ("person", r.person_id) for r in rows}
    seen = titles(session, actor, refs.values())
    return [
        {"id": r.id, "user_id": r.user_id, "person_id": r.person_id, "response": r.response}
        for r in rows
        if refs[r.id] not in seen
    ]


def move_activity(
    session: Session, actor: Principal, id: int, start: str, end: str, all_day: bool, expected: int
) -> Applied:
    """Where it was dropped in a calendar, as local times; with an end it also lasts until then.

    Raises Conflict where somebody else moved it in the meantime, Invalid, Forbidden or NotFound.
    """
    row = activity_row(session, actor, id)
    zone = _zone(session, str(row.owner_id or ""), actor) if all_day else actor.zone
    begin = moved(start, zone, all_day=all_day)
    values: dict[str, Any] = {"due_at": begin, "all_day": all_day}
    if end:
        values["duration_minutes"] = lasting(begin, end, zone, all_day=all_day)
    elif all_day != row.all_day:
        values["duration_minutes"] = None
    return apply(session, actor, Change("activity", id, values, expected=expected), source="calendar")


def finish_activity(session: Session, actor: Principal, id: int, *, done: bool) -> Applied:
    """Mark as done, or as still to be done; finished twice it keeps its first time."""
    row = activity_row(session, actor, id)
    if done and row.done_at is not None:
        return apply(session, actor, Change("activity", id, {}))
    return apply(session, actor, Change("activity", id, {"done_at": now() if done else None}))


def put_off(session: Session, actor: Principal, id: int, to: str, expected: int | None = None) -> Applied:
    """To `tomorrow`, the `week` after (its Monday), or a day such as 2026-05-31; the time of the day stays."""
    row = activity_row(session, actor, id)
    zone = _zone(session, str(row.owner_id or ""), actor) if row.all_day else actor.zone
    here = today(zone)
    try:
        day = {"tomorrow": here + timedelta(days=1), "week": here + timedelta(days=7 - here.weekday())}.get(to)
        day = day or date.fromisoformat(to)
    except ValueError:
        raise Invalid({"due_at": "Please give a day such as 2026-05-31."}) from None
    if not 1970 <= day.year <= 2200:
        raise Invalid({"due_at": "Please give a day such as 2026-05-31."})
    at = (row.due_at or now()).astimezone(ZoneInfo(zone))
    due = at.replace(year=day.year, month=day.month, day=day.day, fold=0)
    return apply(session, actor, Change("activity", id, {"due_at": due}, expected=expected))


def delete_activity(session: Session, actor: Principal, id: int) -> Applied:
    """A tombstone, which undo takes back."""
    return apply(session, actor, Change("activity", id, op="delete"))


def answer_invitation(session: Session, actor: Principal, id: int, response: str) -> Applied:
    """Who is asked says yes or no for oneself, and changes nothing else, whatever the rights on the activity."""
    if response not in RESPONSES:
        raise Invalid({"response": "Please accept or decline."})
    activity_row(session, actor, id)
    query = select(attendee).where(attendee.c.activity_id == id, attendee.c.user_id == actor.id)
    mine = session.connection().execute(query).first()
    if mine is None:
        raise NotFound("You are not asked to this meeting.")
    row = {"user_id": mine.user_id, "person_id": None, "response": response, "position": mine.position}
    alone = replace(actor, system=True)  # this one row only; the log names who it was
    return apply(session, alone, Change("activity", id, {f"attendees.{mine.id}": row}))


def plan_next(session: Session, actor: Principal, deal_id: int, values: Mapping[str, str]) -> Applied:
    """The next step of a deal, with the people of the deal. Raises Invalid by field, NotFound or Forbidden."""
    deal = record_row(session, actor, "deal", deal_id)
    if not values.get("day", "").strip():
        raise Invalid({"day": "When is it to be?"})
    wanted = read_activity(values, actor.zone)
    refs = {"deal_id": deal_id, "person_id": deal["person_id"], "company_id": deal["company_id"]}
    return apply(session, actor, Change("activity", op="create", set=wanted | refs | {"owner_id": actor.id}))
