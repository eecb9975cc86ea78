"""What is kept to find records that are one: how each is compared, under which keys, and what was found and decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import false
from sqlmodel import BigInteger, Field, Index

from crm_app.core.schema import Operational, json_field, moment

COMPACT: dict[str, Any] = {"sqlite_with_rowid": False}  # the primary key is the table


class DuplicateProfile(Operational, table=True):
    """A living record in the form in which it is compared; `counted`: this form is among what the model counted."""

    __tablename__ = "duplicate_profile"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (COMPACT,)
    kind: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    profile: str
    version: int
    counted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class DuplicateKey(Operational, table=True):
    """One of the keys under which a living record is found; who shares it is read from the table's order alone."""

    __tablename__ = "duplicate_key"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (COMPACT,)
    kind: str = Field(primary_key=True)
    key: int = Field(primary_key=True, sa_type=BigInteger)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)


class DuplicateModel(Operational, table=True):
    """What the records of a kind teach about strangers, as of a night; `number` is that of its counts.

    `begun_at`: since when a sweep is going on; who finds an old one there knows that it never ended.
    """

    __tablename__ = "duplicate_model"  # pyright: ignore[reportAssignmentType]
    kind: str = Field(primary_key=True)
    number: int
    version: int
    size: int
    settings: dict[str, Any] = json_field()
    learned_at: datetime = moment(nullable=False)
    swept_at: datetime | None = moment()
    begun_at: datetime | None = moment()


class DuplicateCount(Operational, table=True):
    """How many records hold a value, by the hash of it; what is not here occurs once at most."""

    __tablename__ = "duplicate_count"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (COMPACT,)
    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    value: int = Field(primary_key=True, sa_type=BigInteger)
    n: int


class DuplicatePair(Operational, table=True):
    """Two records that may be one, the lower id left; `decision` is open, not_duplicate or merged."""

    __tablename__ = "duplicate_pair"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_duplicate_pair_right", "kind", "right_id"),
        Index("ix_duplicate_pair_decision", "kind", "decision", "probability"),
    )
    kind: str = Field(primary_key=True)
    left_id: int = Field(primary_key=True, sa_type=BigInteger)
    right_id: int = Field(primary_key=True, sa_type=BigInteger)
    probability: float
    reasons: str
    found_by: str
    found_at: datetime = moment(nullable=False)
    batch_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    decision: str = "open"
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime | None = moment()
