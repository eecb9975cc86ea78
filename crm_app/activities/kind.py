"""The catalogue entry of activities."""

from crm_app.core.changes import Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.records.kind import tags_of
from crm_app.tables import Activity

TYPES = ("call", "meeting", "task", "note", "email")


def _complete(_context: Context, _before: Row | None, after: Row) -> Row:
    """Its place on the timelines; after an undo the hook sets it."""
    return {"at": after["done_at"] or after["due_at"] or after["created_at"]}


ACTIVITY = Kind(
    "activity",
    "Activity",
    "Activities",
    Activity,
    (
        Field("type", "Type", "choice", choices=TYPES),
        Field("subject", "Subject", max_length=300, searchable=True),
        Field("body", "Text", "longtext", searchable=True, sortable=False),
        Field("person_id", "Person", "ref", ref="person"),
        Field("company_id", "Company", "ref", ref="company"),
        Field("deal_id", "Deal", "ref", ref="deal", on_delete="cascade"),
        Field("owner_id", "Owner", "ref", ref="user"),
        Field("due_at", "Due", "datetime"),
        Field("done_at", "Done", "datetime"),
        Field("at", "When", "datetime", editable=False),
        Field("duration_minutes", "Minutes", "int", minimum=0, maximum=100_000, synonyms=("duration",)),
        Field("all_day", "All day", "bool"),
        Field("pinned", "Pinned", "bool"),
    ),
    children=(tags_of("activity"),),
    title="subject",
    columns=("subject", "type", "due_at", "done_at", "person_id", "company_id", "deal_id", "owner_id"),
    summary=("type", "due_at", "person_id", "company_id"),
    form=("type", "subject", "due_at", "owner_id", "person_id", "company_id", "deal_id", "body"),
    sort="-at",
    derived=frozenset({"at"}),
    complete=_complete,
)
