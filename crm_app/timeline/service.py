"""Commands on a timeline: write down what was done, plan, finish, pin, correct, remove. They never commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.clock import now
from crm_app.core.errors import Invalid
from crm_app.core.reader import numeral
from crm_app.core.recurrence import PLAIN, read_rule
from crm_app.records.guests import read_guests
from crm_app.records.reading import record_row
from crm_app.timeline.rules import ACTIVITIES, PLANNABLE, WAYS

MOST = 100_000  # characters
REFS = ("person_id", "company_id", "deal_id")


class _Form(BaseModel):
    """What the composer sends; anything else is refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=MOST)
    type: str = "note"
    subject: str = ""
    body: str = ""
    when: str = ""
    minutes: str = ""
    planned: str = ""
    outcome: str = ""
    place: str = ""
    attendees: str = ""
    priority: str = "normal"
    repeat: str = ""
    repeat_until: str = ""
    repeat_times: str = ""


@dataclass(frozen=True)
class NewEntry:
    """An activity to be written down; `when` is the moment it happened or is due, None for now or no date.

    `planned` is what the writer said; None where the time decides. `more` are further fields of the catalogue.
    """

    type: str
    subject: str = ""
    body: str = ""
    when: datetime | None = None
    minutes: int | None = None
    all_day: bool = False
    planned: bool | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, values: Mapping[str, str], zone: str) -> "NewEntry":
        """From the composer; times are of the writer's zone. Raises Invalid, all fields together."""
        try:
            form = _Form.model_validate(dict(values))
        except ValidationError as error:
            raise Invalid({str(e["loc"][-1]): _problem(e["type"]) for e in error.errors()}) from None
        wrong: dict[str, str] = {}
        if form.type not in ACTIVITIES:
            wrong["type"] = "Please choose what it was."
        subject, body = form.subject.strip(), form.body.strip()
        if form.type == "note" and not body:
            wrong["body"] = "Please write something."
        if form.type == "task" and not subject:
            wrong["subject"] = "What is to be done?"
        if form.type == "email" and not (subject or body):
            wrong["subject"] = "What was it about?"
        when = _moment(form.when, zone, wrong)
        minutes = _minutes(form.minutes, wrong)
        planned = {"yes": True, "no": False}.get(form.planned)
        if planned and when is None and form.type != "task":
            wrong.setdefault("when", "When is it to be?")
        more = _more(form, wrong)
        if wrong:
            raise Invalid(wrong)
        return cls(form.type, subject, body, when, minutes, bool(form.when) and "T" not in form.when, planned, more)


def _problem(type_: str) -> str:
    return (
        f"This may have at most {numeral(MOST)} characters." if type_ == "string_too_long" else "This cannot be saved."
    )


def _more(form: _Form, wrong: dict[str, str]) -> dict[str, Any]:
    """What only calls, only e-mails, only meetings or only tasks have."""
    more: dict[str, Any] = {}
    if form.type == "call" and form.outcome:
        more["outcome"] = form.outcome
    if form.type == "email" and form.outcome:
        more["outcome"] = form.outcome
        if form.outcome not in WAYS:
            wrong["type"] = "Was it sent or received?"
    if form.type == "meeting":
        more["place"] = form.place.strip()
        try:
            more["attendees"] = read_guests(form.attendees)
        except ValueError as error:
            wrong["attendees"] = str(error)
    if form.type == "task":
        more["priority"] = form.priority
    if form.repeat:
        end = f";UNTIL={form.repeat_until.replace('-', '')}" if form.repeat_until else ""
        end = end or (f";COUNT={form.repeat_times.strip()}" if form.repeat_times.strip() else "")
        try:
            more["repeat"] = read_rule(PLAIN.get(form.repeat, "") + end).write()
        except ValueError as error:
            wrong["repeat"] = str(error)
    return more


def _moment(text: str, zone: str, wrong: dict[str, str]) -> datetime | None:
    """A day or a local time as a browser gives it."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        wrong["when"] = "Please give a day, or a day and a time."
        return None


def _minutes(text: str, wrong: dict[str, str]) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 6):
        wrong["minutes"] = "Minutes must be a whole number."
        return None
    return int(text)


def add_entry(session: Session, actor: Principal, name: str, id: int, entry: NewEntry) -> Applied:
    """An activity of the record and of what it belongs to. Raises NotFound, Forbidden or Invalid."""
    row = record_row(session, actor, name, id)
    refs = {ref: row[ref] for ref in REFS if ref in kind(name).by_name} | {f"{name}_id": id}
    moment = now()
    ahead = entry.when is not None and entry.when > moment
    is_plan = entry.type in PLANNABLE and (entry.type == "task" or (ahead if entry.planned is None else entry.planned))
    text = ("agenda" if is_plan else "meeting_minutes") if entry.type == "meeting" else "body"
    values: dict[str, Any] = {
        "type": entry.type,
        "subject": entry.subject,
        text: entry.body,
        "owner_id": actor.id,
        "duration_minutes": entry.minutes,
        "all_day": entry.all_day,
        "due_at": entry.when if is_plan else None,
        "done_at": None if is_plan else min(entry.when or moment, moment),
    }
    return apply(session, actor, Change("activity", op="create", set=values | refs | dict(entry.more)))


def finish_entry(session: Session, actor: Principal, activity_id: int, *, done: bool) -> Applied:
    """Mark something planned as done, or as still to be done."""
    return apply(session, actor, Change("activity", activity_id, {"done_at": now() if done else None}))


def pin_entry(session: Session, actor: Principal, activity_id: int, *, pinned: bool) -> Applied:
    """Keep an activity on top of its timelines, or let it go."""
    return apply(session, actor, Change("activity", activity_id, {"pinned": pinned}))


def correct_entry(
    session: Session, actor: Principal, activity_id: int, subject: str, body: str, expected: int
) -> Applied:
    """Other words for an activity. Raises Conflict if somebody else changed them."""
    return apply(session, actor, Change("activity", activity_id, {"subject": subject, "body": body}, expected=expected))


def remove_entry(session: Session, actor: Principal, activity_id: int) -> Applied:
    """Delete an activity; the answer names the batch to undo."""
    return apply(session, actor, Change("activity", activity_id, op="delete"))


def remove_file(session: Session, actor: Principal, file_id: int) -> Applied:
    """Take a file off its record; its content stays until nothing points to it any more."""
    return apply(session, actor, Change("file", file_id, op="delete"))
