"""Tags, files, saved views and custom fields as kinds, and the tags that any other kind may carry."""

from typing import Any

from crm_app.core.changes import Children, Context, Field, Kind, ports
from crm_app.core.changes.kinds import MERGED, Row
from crm_app.records.custom.fields import TYPES
from crm_app.records.custom.formula.grammar import MOST_CHARACTERS
from crm_app.records.custom.patterns import MOST_PATTERN
from crm_app.tables import CustomField, FieldNote, File, RecordTag, SavedView, Tag

NOT_YOURS = "Only an administrator chooses the first view of a role."
NOT_THEIRS = "A view is shared with your own team."
RESULTS = ("text", "float", "money", "date", "bool")
_INNER: dict[str, Any] = {"editable": False, "sortable": False, "filterable": False}


def merged_into(kind: str) -> Field:
    """Where a record of a kind that can be merged went: kept on its tombstone, written by merges alone."""
    return Field(MERGED, "Merged into", "ref", ref=kind, on_merge="stay", **_INNER)


def tags_of(kind: str) -> Children:
    """The tags of a kind: an add/remove set owned by the record."""
    return Children(
        "tags",
        "Tags",
        RecordTag,
        "record_id",
        (Field("tag_id", "Tag", "ref", required=True, ref="tag"),),
        fixed={"kind": kind},
        key="tag_id",
        on_merge="join",
    )


def _shared_by_right(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """A view opens by itself for a role if an administrator says so, and is shared with one's own team."""
    if before is not None and all(before[name] == after[name] for name in ("audience", "role", "team_id")):
        return {}
    if ports.allowed(context.actor, "administer", "saved_view").allowed:
        return {}
    if after["audience"] == "role" or after["role"]:
        return {"audience": NOT_YOURS}
    return {"audience": NOT_THEIRS} if after["team_id"] not in (None, context.actor.team_id) else {}


TAG = Kind(
    "tag",
    "Tag",
    "Tags",
    Tag,
    (
        Field("name", "Name", required=True, max_length=60, searchable=True),
        Field("color", "Colour", max_length=20),
    ),
    owner=None,
)
FILE = Kind(
    "file",
    "File",
    "Files",
    File,
    (
        Field("name", "Name", required=True, max_length=255, searchable=True),
        Field("sha256", "Checksum", editable=False, max_length=64),
        Field("size", "Size", "int", minimum=0, editable=False),
        Field("media_type", "Type", max_length=120, editable=False),
        Field("kind", "Kind of record", max_length=40, editable=False),
        Field("record_id", "Record", "int", editable=False, kind_field="kind", on_merge="move"),
        Field("owner_id", "Owner", "ref", ref="user"),
    ),
)
SAVED_VIEW = Kind(
    "saved_view",
    "Saved view",
    "Saved views",
    SavedView,
    (
        Field("name", "Name", required=True, max_length=80),
        Field("kind", "Kind of record", required=True, max_length=40),
        Field("audience", "Shared with", "choice", choices=("private", "team", "everyone", "role")),
        Field("owner_id", "Owner", "ref", ref="user", on_delete="cascade"),
        Field("team_id", "Team", "ref", ref="team"),
        Field("role", "Role", max_length=40),
        Field("definition", "Definition", "json"),
    ),
    gate=_shared_by_right,
)
CUSTOM_FIELD = Kind(
    "custom_field",
    "Custom field",
    "Custom fields",
    CustomField,
    (
        Field("kind", "Kind of record", required=True, max_length=40),
        Field("key", "Key", required=True, max_length=80),
        Field("label", "Label", required=True, max_length=80),
        Field("type", "Type", "choice", choices=tuple(TYPES)),
        Field("help", "What it means", "longtext"),
        Field("options", "Options", "json"),
        Field("required", "Always required", "bool"),
        Field("required_when", "Required when", "json"),
        Field("visible_when", "Shown when", "json"),
        Field("pattern", "Pattern", max_length=MOST_PATTERN),
        Field("pattern_message", "What is said when it does not fit", max_length=200),
        Field("pattern_example", "Example that fits", max_length=200),
        Field("formula", "Formula", max_length=MOST_CHARACTERS),
        Field("result", "Type of the value", "choice", choices=RESULTS),
        Field("synonyms", "Headers of columns", "json"),
        Field("searchable", "Found by search", "bool"),
        Field("in_form", "Asked for in a new record", "bool"),
        Field("read_roles", "Who sees it", "json"),
        Field("edit_roles", "Who edits it", "json"),
        Field("responsible_id", "Responsible", "ref", ref="user"),
        Field("position", "Position", "int", minimum=0, later_wins=True),
    ),
    title="label",
    owner=None,
)
FIELD_NOTE = Kind(
    "field_note",
    "Note on a field",
    "Notes on fields",
    FieldNote,
    (
        Field("name", "Field", required=True, unique=True, max_length=120),
        Field("meaning", "Meaning", "longtext"),
        Field("responsible_id", "Responsible", "ref", ref="user"),
    ),
    owner=None,
)
