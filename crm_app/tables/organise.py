"""Tags, files, saved views and custom fields: what any record may have."""

from datetime import datetime
from typing import Any

from sqlalchemy import false
from sqlmodel import BigInteger, Field, Index

from crm_app.core.clock import now
from crm_app.core.columns import SortKey
from crm_app.core.schema import LIVING, Child, Operational, Record, json_field, moment, ref


def _with(default: Any) -> Any:
    """A column that came later: rows from before have its default."""
    return Field(default=default, sa_column_kwargs={"server_default": false() if default is False else str(default)})


class Tag(Record, table=True):
    """A word that can be put on any record."""

    name: str = Field(index=True)
    color: str = ""


class RecordTag(Child, table=True):
    """A tag on a record; an add/remove set owned by the record."""

    __tablename__ = "record_tag"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_record_tag", "kind", "record_id"),)
    kind: str
    record_id: int = Field(sa_type=BigInteger)
    tag_id: int = ref("tag", nullable=False)


class File(Record, table=True):
    """An immutable blob, found under its SHA-256 in the files folder, attached to a record."""

    __table_args__ = (Index("ix_file_record", "kind", "record_id"),)
    name: str
    sha256: str = Field(index=True)
    size: int = Field(default=0, sa_type=BigInteger)
    media_type: str = "application/octet-stream"
    kind: str = ""
    record_id: int | None = Field(default=None, sa_type=BigInteger)
    owner_id: int | None = ref("user")


class SavedView(Record, table=True):
    """A named filter, order and choice of columns of a list."""

    __tablename__ = "saved_view"  # pyright: ignore[reportAssignmentType]
    name: str
    kind: str
    audience: str = "private"
    owner_id: int | None = ref("user")
    team_id: int | None = ref("team")
    role: str = ""
    definition: dict[str, Any] = json_field()


class CustomField(Record, table=True):
    """A field added by an administrator or by an import; values live in `custom`, by its id."""

    __tablename__ = "custom_field"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "uq_custom_field",
            "kind",
            "key",
            unique=True,
            **LIVING,
        ),
    )
    kind: str
    key: str
    label: str
    type: str = "text"
    help: str = _with("")
    options: list[Any] = json_field(list, server_default="[]")
    required: bool = _with(False)
    required_when: dict[str, Any] = json_field(server_default="{}")
    visible_when: dict[str, Any] = json_field(server_default="{}")
    pattern: str = _with("")
    pattern_message: str = _with("")
    pattern_example: str = _with("")
    formula: str = _with("")
    result: str = _with("text")
    synonyms: list[Any] = json_field(list, server_default="[]")
    searchable: bool = _with(False)
    in_form: bool = _with(False)
    read_roles: list[Any] = json_field(list, server_default="[]")
    edit_roles: list[Any] = json_field(list, server_default="[]")
    responsible_id: int | None = ref("user")
    position: int = _with(0)


class FieldNote(Record, table=True):
    """What an organisation says of a field of the catalogue: its meaning, and who answers for it."""

    __tablename__ = "field_note"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_field_note", "name", unique=True, **LIVING),)
    name: str  # `person.email`
    meaning: str = ""
    responsible_id: int | None = ref("user")


class FieldFill(Operational, table=True):
    """How many living records of a kind have a field filled, as counted at a time."""

    __tablename__ = "field_fill"  # pyright: ignore[reportAssignmentType]
    kind: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    filled: int = Field(default=0, sa_type=BigInteger)
    total: int = Field(default=0, sa_type=BigInteger)
    as_of: datetime = moment(default_factory=now, nullable=False)


class ImportRun(Operational, table=True):
    """One run of an import and how far it is."""

    __tablename__ = "import_run"  # pyright: ignore[reportAssignmentType]
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str
    file_name: str = ""
    file_sha256: str = ""
    user_id: int | None = ref("user")
    batch_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    status: str = "ready"
    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    taken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    left_out: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    guesses: list[Any] = json_field(list)
    mapping: dict[str, Any] = json_field()
    started_at: datetime = moment(default_factory=now, nullable=False)
    finished_at: datetime | None = moment()


class ImportRowError(Operational, table=True):
    """A row that an import refused, as it stood, with the reason."""

    __tablename__ = "import_row_error"  # pyright: ignore[reportAssignmentType]
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = ref("import_run", nullable=False)
    row_no: int
    reason: str
    raw: list[Any] = json_field(list)


class CustomValue(Operational, table=True):
    """A custom value of a record again, so that lists ask by an index: a folded text, or a number.

    Several choices have a row each, at places from 0 on.
    """

    __tablename__ = "custom_value"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_custom_value_text", "field_id", "text", "record_id", "place"),
        Index("ix_custom_value_number", "field_id", "number", "record_id", "place"),
        {"sqlite_with_rowid": False},
    )
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    field_id: int = Field(primary_key=True, sa_type=BigInteger)
    place: int = Field(default=0, primary_key=True)
    text: str | None = Field(default=None, sa_type=SortKey)
    number: float | None = None
