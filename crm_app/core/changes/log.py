"""The append-only log, its batches, the outbox and the id counter."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, Index

from crm_app.core.clock import now
from crm_app.core.schema import Fact, Operational, TableClass, id_field, json_field, moment

BigKey = BigInteger().with_variant(Integer(), "sqlite")


class ChangeBatch(Fact, table=True):
    """One save, import or undo: what belongs together and is undone together."""

    __tablename__ = "change_batch"  # pyright: ignore[reportAssignmentType]
    id: int = id_field()
    recorded_at: datetime = moment(default_factory=now, nullable=False)
    actor_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    source: str
    note: str = ""
    undoes: int | None = Field(default=None, sa_type=BigInteger, index=True)


class ChangeLog(Fact, table=True):
    """One difference of one record. Triggers forbid UPDATE and DELETE."""

    __tablename__ = "change_log"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_change_log_record", "kind", "record_id", "version"),
        Index("ix_change_log_time", "kind", "record_id", "effective_at", "batch_id"),
        Index("ix_change_log_effective", "kind", "effective_at"),
        Index("uq_change_log_row", "batch_id", "row_no", unique=True),
        {"sqlite_autoincrement": True},
    )
    seq: int | None = Field(default=None, primary_key=True, sa_type=BigKey)  # pyright: ignore[reportArgumentType]
    batch_id: int = Field(sa_type=BigInteger, foreign_key="change_batch.id")
    row_no: int
    recorded_at: datetime = moment(default_factory=now, nullable=False)
    effective_at: datetime = moment(default_factory=now, nullable=False)
    actor_id: int | None = Field(default=None, sa_type=BigInteger)
    source: str
    kind: str
    record_id: int = Field(sa_type=BigInteger)
    op: str
    version: int
    diff: dict[str, Any] = json_field()
    undoes: int | None = Field(default=None, sa_type=BigInteger)


class Outbox(Operational, table=True):
    """Work that must happen after a commit, claimed with a lease, parked when it keeps failing."""

    table_class: ClassVar[TableClass] = "operational"
    __table_args__ = (Index("ix_outbox_open", "done_at", "parked_at", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)  # pyright: ignore[reportArgumentType]
    topic: str
    consumer: str
    payload: dict[str, Any] = json_field()
    created_at: datetime = moment(default_factory=now, nullable=False)
    leased_until: datetime | None = moment()
    attempts: int = 0
    done_at: datetime | None = moment()
    parked_at: datetime | None = moment()
    error: str = ""


class IdCounter(Operational, table=True):
    """The last record id given (SQLite; PostgreSQL has the sequence `kith_record_id`)."""

    __tablename__ = "id_counter"  # pyright: ignore[reportAssignmentType]
    id: int = Field(default=1, primary_key=True)
    last_id: int = Field(default=0, sa_type=BigInteger)
