"""Bulk runs: which records, what shall happen to them, and how far it has come."""

from datetime import datetime
from typing import Any

from sqlmodel import BigInteger, Field

from crm_app.core.clock import now
from crm_app.core.schema import Operational, id_field, json_field, moment, ref


class BulkRun(Operational, table=True):
    """One bulk edit, undo or removal; `cursor` is where its next portion begins."""

    __tablename__ = "bulk_run"  # pyright: ignore[reportAssignmentType]
    id: int = id_field()
    kind: str = ""
    op: str = "update"
    user_id: int | None = ref("user")
    batch_id: int = Field(sa_type=BigInteger, index=True)
    undoes: int | None = Field(default=None, sa_type=BigInteger)
    set_values: dict[str, Any] = json_field()
    status: str = Field(default="running", index=True)
    cursor: int = Field(default=0, sa_type=BigInteger)
    total: int = 0
    done: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    note: str = ""
    error: str = ""
    started_at: datetime = moment(default_factory=now, nullable=False)
    finished_at: datetime | None = moment()


class BulkRow(Operational, table=True):
    """A record that was selected when the run began, or that it left alone, with the reason."""

    __tablename__ = "bulk_row"  # pyright: ignore[reportAssignmentType]
    run_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="bulk_run.id")
    row_no: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    record_id: int = Field(sa_type=BigInteger)
    reason: str = ""
