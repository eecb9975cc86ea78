"""What every table of a class has in common: records, facts, operational (docs/ARCHITECTURE.md)."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, SQLModel, text

from crm_app.core.clock import now
from crm_app.core.columns import JsonColumn, SortKey, UtcDateTime

TableClass = Literal["record", "child", "fact", "operational"]
# An index of the living records only, on both databases.
LIVING: dict[str, Any] = {dialect + "_where": text("deleted_at IS NULL") for dialect in ("sqlite", "postgresql")}


def id_field() -> Any:
    """The id of a record, given by `allocate_ids`."""
    return Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


def ref(target: str, *, nullable: bool = True, index: bool = True, **more: Any) -> Any:
    """A reference to another record, indexed; refused by the database if it does not exist."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(foreign_key=f"{target}.id", index=index, nullable=nullable, sa_type=BigInteger, **default, **more)


def moment(**more: Any) -> Any:
    """An instant, optional unless a default factory is given."""
    given: dict[str, Any] = more if "default_factory" in more else {"default": None, **more}
    return Field(sa_type=UtcDateTime, **given)


def json_field(factory: Any = dict, *, server_default: str | None = None) -> Any:
    """A JSON value, never null; `server_default` fills the rows that were there before the column."""
    more: dict[str, Any] = {} if server_default is None else {"sa_column_kwargs": {"server_default": server_default}}
    return Field(default_factory=factory, sa_type=JsonColumn, nullable=False, **more)


def list_indexes(name: str, key: str = "sort_key", *, owner: bool = True) -> tuple[Index, ...]:
    """Indexes for a list in its usual order: of all living records, and of those of one owner."""
    columns = (key, "id", "deleted_at")  # the last one lets SQLite count within the index
    of_owner = (Index(f"ix_{name}_owner_{key}", "owner_id", *columns, **LIVING),) if owner else ()
    return (Index(f"ix_{name}_{key}", *columns, **LIVING), *of_owner)


def merged_index(name: str) -> Index:
    """The index of what was merged into a record; of those alone, or the statistics say that all records were."""
    there: dict[str, Any] = {
        dialect + "_where": text("merged_into_id IS NOT NULL") for dialect in ("sqlite", "postgresql")
    }
    return Index(f"ix_{name}_merged_into_id", "merged_into_id", **there)


class Record(SQLModel):
    """An aggregate root: only `core.changes` writes it; a delete is a tombstone. `sort_key` is the folded title."""

    table_class: ClassVar[TableClass] = "record"
    id: int = id_field()
    version: int = Field(default=1, nullable=False)
    created_at: datetime = moment(default_factory=now, nullable=False)
    updated_at: datetime = moment(default_factory=now, nullable=False)
    deleted_at: datetime | None = moment()
    sort_key: str = Field(default="", nullable=False, sa_type=SortKey, sa_column_kwargs={"server_default": ""})
    external_id: str | None = Field(default=None, index=True)
    custom: dict[str, Any] = json_field()


class Child(SQLModel):
    """A part of an aggregate, with a stable id, diffed under the version of its root."""

    table_class: ClassVar[TableClass] = "child"
    id: int = id_field()
    position: int = Field(default=0, nullable=False)


class Fact(SQLModel):
    """Append-only."""

    table_class: ClassVar[TableClass] = "fact"


class Operational(SQLModel):
    """Progress, leases, sessions: neither logged nor versioned."""

    table_class: ClassVar[TableClass] = "operational"
