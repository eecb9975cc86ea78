"""The catalogue entry of activities."""

from datetime import datetime, timedelta

from crm_app.core.changes import Children, Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.core.recurrence import read_rule
from crm_app.records.kind import tags_of
from crm_app.tables import Activity, ActivityAttendee

TYPES = ("call", "meeting", "task", "note", "email")
OUTCOMES = ("reached", "no answer", "left a message", "wrong number", "busy")
WAYS = ("sent", "received")  # of an e-mail
PRIORITIES = ("low", "normal", "high")
RESPONSES = ("none", "accepted", "declined")
MOST_REMIND = 4 * 7 * 24 * 60
MORNING = timedelta(hours=9)  # of a day without a time one is reminded at nine


def reminder_of(due: datetime | None, minutes: int | None, *, all_day: bool) -> datetime | None:
    """When to remind of something that is due; None without a wish or a date."""
    if due is None or minutes is None:
        return None
    return due + (MORNING if all_day else timedelta()) - timedelta(minutes=minutes)


def _complete(_context: Context, _before: Row | None, after: Row) -> Row:
    """Its place on the timelines and when to remind of it; after an undo the hook sets them."""
    remind = reminder_of(after["due_at"], after["remind_minutes"], all_day=after["all_day"])
    return {"at": after["done_at"] or after["due_at"] or after["created_at"], "remind_at": remind}


def _gate(_context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """What repeats has a first date and a rule that Kith can keep to."""
    if not after["repeat"] or (before is not None and before["repeat"] == after["repeat"] and after["due_at"]):
        return {}
    try:
        read_rule(after["repeat"])
    except ValueError as error:
        return {"repeat": str(error)}
    return {} if after["due_at"] else {"due_at": "What repeats needs a first date."}


ACTIVITY = Kind(
    "activity",
    "Activity",
    "Activities",
    Activity,
    (
        Field("type", "Type", "choice", choices=TYPES),
        Field("subject", "Subject", max_length=300, searchable=True),
        Field("body", "Text", "longtext", searchable=True, sortable=False),
        Field("person_id", "Person", "ref", ref="person", on_merge="move"),
        Field("company_id", "Company", "ref", ref="company", on_merge="move"),
        Field("deal_id", "Deal", "ref", ref="deal", on_delete="cascade"),
        Field("owner_id", "Owner", "ref", ref="user"),
        Field("due_at", "Due", "datetime"),
        Field("done_at", "Done", "datetime"),
        Field("at", "When", "datetime", editable=False),
        Field("duration_minutes", "Minutes", "int", minimum=0, maximum=100_000, synonyms=("duration",)),
        Field("all_day", "All day", "bool"),
        Field("pinned", "Pinned", "bool"),
        Field("outcome", "Outcome", "choice", choices=(*OUTCOMES, *WAYS)),
        Field("place", "Place", max_length=300, searchable=True, synonyms=("location",)),
        Field("agenda", "Agenda", "longtext", searchable=True, sortable=False),
        Field("meeting_minutes", "Minutes of the meeting", "longtext", searchable=True, sortable=False),
        Field("priority", "Priority", "choice", choices=PRIORITIES),
        Field("repeat", "Repeats", max_length=200, editable=False, sortable=False, filterable=False),
        Field("follows_id", "Repeats after", "ref", ref="activity", editable=False, filterable=False),
        Field("remind_minutes", "Remind (minutes before)", "int", minimum=0, maximum=MOST_REMIND),
        Field("remind_at", "Remind at", "datetime", editable=False),
    ),
    children=(
        tags_of("activity"),
        Children(
            "attendees",
            "Attendees",
            ActivityAttendee,
            "activity_id",
            (
                Field("user_id", "Colleague", "ref", ref="user", on_delete="cascade"),
                Field("person_id", "Person", "ref", ref="person", on_merge="move", on_delete="cascade"),
                Field("response", "Response", "choice", choices=RESPONSES),
            ),
        ),
    ),
    title="subject",
    columns=("subject", "type", "due_at", "done_at", "person_id", "company_id", "deal_id", "owner_id"),
    summary=("type", "due_at", "person_id", "company_id"),
    form=("type", "subject", "due_at", "owner_id", "person_id", "company_id", "deal_id", "body"),
    sort="-at",
    derived=frozenset({"at", "remind_at"}),
    gate=_gate,
    gate_fields=frozenset({"repeat", "due_at"}),
    complete=_complete,
)
