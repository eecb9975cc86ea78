"""One activity for its dialog, and an empty one that starts from what is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.inputs import PLANNABLE
from crm_app.activities.queries.access import ABOUT, activity_row, attendee
from crm_app.activities.queries.numbers import numbers_for, numbers_of
from crm_app.activities.rows import Attached, Card
from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.core.reader import day_and_time
from crm_app.core.recurrence import read_rule, words
from crm_app.core.text import id_of, size_words
from crm_app.identity.policy import decide, may, scope
from crm_app.records.guests import Guest
from crm_app.records.reading import record_row, titles
from crm_app.tables import File, Person, User

file, user, person = table_of(File), table_of(User), table_of(Person)


def card_of(session: Session, actor: Principal, id: int) -> Card:
    """Raises NotFound for one that the actor neither may see nor is asked to, Invalid for a note or an e-mail."""
    row = activity_row(session, actor, id)
    if row.type not in PLANNABLE:
        raise Invalid({"type": "This is read on its record."})
    guests = _guests(session, actor, id)
    names = titles(session, actor, [(n, getattr(row, f"{n}_id")) for n in ABOUT if getattr(row, f"{n}_id")])
    mine = next((g.response for g in guests if (g.kind, g.id) == ("user", actor.id)), None)
    known = numbers_of(session, actor, [("person", row.person_id or 0), ("company", row.company_id or 0)])
    owner = session.get(User, row.owner_id) if row.owner_id else None
    refs: dict[str, Any] = {f"{n}_id": str(getattr(row, f"{n}_id") or "") for n in ABOUT}
    refs |= {n: names.get((n, getattr(row, f"{n}_id") or 0), "") for n in ABOUT}
    return Card(
        id=row.id,
        version=row.version,
        owner_id=str(row.owner_id or ""),
        owner=owner.name if owner else "",
        guests=guests,
        numbers=numbers_for(row, known),
        files=_files(session, actor, id),
        can_edit=decide(actor, "edit", "activity", row.owner_id).allowed,
        can_delete=decide(actor, "delete", "activity", row.owner_id).allowed,
        is_asked=mine is not None,
        response=mine or "",
        **refs,
        **_own(row),
        **_when(row, actor, owner.zone if owner else actor.zone),
        **_repetition(row.repeat),
    )


def new_card(session: Session, actor: Principal, given: Mapping[str, str]) -> Card:
    """An empty one for `start`, `all_day`, `minutes`, `type` and a record. Raises NotFound for one that is not seen."""
    values: dict[str, Any] = {"type": given["type"] if given.get("type") in PLANNABLE else "meeting"}
    day, _, time = given.get("start", "").partition("T")
    values |= {
        "day": day[:10],
        "time": "" if given.get("all_day") else time[:5],
        "minutes": given.get("minutes", "")[:5],
    }
    for name in ABOUT:
        if (id := id_of(given.get(f"{name}_id", ""))) is not None:
            row = record_row(session, actor, name, id)
            values |= {f"{name}_id": str(id), name: row[kind(name).title]}
    return Card(owner_id=str(actor.id or ""), owner=actor.name, can_edit=may(actor, "activity.create"), **values)


def _own(row: Any) -> dict[str, Any]:
    plain = ("type", "subject", "body", "place", "agenda", "meeting_minutes", "priority", "all_day")
    return {name: getattr(row, name) for name in plain} | {
        "minutes": "" if row.duration_minutes is None else str(row.duration_minutes),
        "remind": "" if row.remind_minutes is None else str(row.remind_minutes),
        "outcome": row.outcome or "",
    }


def _when(row: Any, actor: Principal, owners: str) -> dict[str, Any]:
    """In the zone of the actor; a whole day is one of the owner's calendar."""
    zone = ZoneInfo(actor.zone)
    due: datetime | None = row.due_at.astimezone(ZoneInfo(owners) if row.all_day else zone) if row.due_at else None
    done: datetime | None = row.done_at.astimezone(zone) if row.done_at else None
    said = day_and_time(done) if done else ""
    return {
        "day": f"{due:%Y-%m-%d}" if due else "",
        "time": f"{due:%H:%M}" if due and not row.all_day else "",
        "is_done": done is not None,
        "done": f"Today {done:%H:%M}" if done and done.date() == clock.today(actor.zone) else said,
    }


def _repetition(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        rule = read_rule(text)
    except ValueError:  # came in by an import; it stands still until somebody chooses
        return {"repeat": "other", "repeat_words": "In a way that Kith does not know"}
    return {
        "repeat": rule.choice,
        "repeat_until": rule.until.isoformat() if rule.until else "",
        "repeat_times": str(rule.count or ""),
        "repeat_words": words(rule),
    }


def _guests(session: Session, actor: Principal, id: int) -> list[Guest]:
    """By name, as far as the actor may see them; the others are counted by nobody and named to nobody."""
    query = select(attendee).where(attendee.c.activity_id == id).order_by(attendee.c.position, attendee.c.id)
    rows = session.connection().execute(query).all()
    refs = {r.id: ("user", r.user_id) if r.user_id else ("person", r.person_id) for r in rows}
    names = titles(session, actor, refs.values())
    return [
        Guest(*refs[r.id], names[refs[r.id]], "Colleague" if r.user_id else "", r.response, r.id)
        for r in rows
        if refs[r.id] in names
    ]


def _files(session: Session, actor: Principal, id: int) -> list[Attached]:
    if scope(actor, "read", "file") == "none":
        return []
    here = (file.c.kind == "activity", file.c.record_id == id, file.c.deleted_at.is_(None))
    query = select(file.c.id, file.c.name, file.c.size).where(*here).order_by(file.c.id)
    return [Attached(r.id, r.name, size_words(r.size)) for r in session.connection().execute(query)]
