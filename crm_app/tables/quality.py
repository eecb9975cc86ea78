"""Data quality: what an administrator set, what stands of every record, how it was, and the checks that ask for it."""

from datetime import date, datetime
from typing import Any

from sqlmodel import BigInteger, Field, Index, true

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Operational, Record, json_field, moment, ref

COMPACT: dict[str, Any] = {"sqlite_with_rowid": False}  # the primary key is the table


class QualityRule(Record, table=True):
    """What an administrator set for the rule `key`: its weight, its days, whether it holds. Without it: as is."""

    __tablename__ = "quality_rule"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_quality_rule_key", "key", unique=True, **LIVING),)
    key: str
    name: str = ""
    weight: int = 0
    days: int = 0
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class RightsReview(Record, table=True):
    """Somebody looked at who may do what, and says that it is right."""

    __tablename__ = "rights_review"  # pyright: ignore[reportAssignmentType]
    name: str
    reviewer_id: int | None = ref("user")
    reviewed_at: datetime | None = moment()
    note: str = ""


class QualityCheck(Record, table=True):
    """A question that is asked on a schedule: the records of a list; whoever is to mend them gets one task."""

    __tablename__ = "quality_check"  # pyright: ignore[reportAssignmentType]
    name: str
    kind: str
    parameters: dict[str, Any] = json_field()
    schedule: str = "weekly"
    goes_to: str = "owner"
    person_id: int | None = ref("user")
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class QualityRun(Operational, table=True):
    """A check as it ran: for one slot of its schedule (a day, a week, a month), or by hand; each slot once."""

    __tablename__ = "quality_run"  # pyright: ignore[reportAssignmentType]
    check_id: int = ref("quality_check", nullable=False, primary_key=True)
    slot: str = Field(primary_key=True)
    at: datetime = moment(default_factory=now, nullable=False)
    found: int = 0
    opened: int = 0
    updated: int = 0
    closed: int = 0
    error: str = ""


class QualityTask(Operational, table=True):
    """The task in which a check last told somebody; while it is open, no other one is made."""

    __tablename__ = "quality_task"  # pyright: ignore[reportAssignmentType]
    check_id: int = ref("quality_check", nullable=False, primary_key=True)
    user_id: int = ref("user", nullable=False, primary_key=True)
    activity_id: int = Field(sa_type=BigInteger)
    found: int = 0


class QualityMark(Operational, table=True):
    """How good one record is (0–100), whose it is, and how it came in; written anew whenever the record changes."""

    __tablename__ = "quality_mark"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_quality_mark_score", "kind", "score", "record_id"),
        Index("ix_quality_mark_owner", "kind", "owner_id", "score"),
        Index("ix_quality_mark_source", "kind", "source", "owner_id", "score"),
        Index("ix_quality_mark_way", "kind", "way", "batch_id", "owner_id", "score"),
        Index("ix_quality_mark_entered", "kind", "entered_at", "entered_by_id", "way", "owner_id"),
        COMPACT,
    )
    kind: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    owner_id: int | None = Field(default=None, sa_type=BigInteger)
    score: int = 100
    source: str = ""
    way: str = ""
    batch_id: int | None = Field(default=None, sa_type=BigInteger)
    entered_by_id: int | None = Field(default=None, sa_type=BigInteger)
    entered_at: datetime | None = moment()


class QualityGap(Operational, table=True):
    """One rule that a record does not keep; `position` is its place by weight: the lowest is fixed first."""

    __tablename__ = "quality_gap"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_quality_gap_rule", "kind", "rule", "owner_id"), COMPACT)
    kind: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    rule: str = Field(primary_key=True)
    owner_id: int | None = Field(default=None, sa_type=BigInteger)
    weight: int = 0
    position: int = 0


class QualityNight(Operational, table=True):
    """The days on which everything was counted anew, and when."""

    __tablename__ = "quality_night"  # pyright: ignore[reportAssignmentType]
    taken_on: date = Field(primary_key=True)
    taken_at: datetime = moment(default_factory=now, nullable=False)


class QualitySnapshot(Operational, table=True):
    """Of a day, an owner (0: nobody) and a kind: records, the sum of their scores, and gaps by C (`measure`)."""

    __tablename__ = "quality_snapshot"  # pyright: ignore[reportAssignmentType]
    taken_on: date = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    owner_id: int = Field(primary_key=True, sa_type=BigInteger)
    measure: str = Field(primary_key=True)
    amount: int = Field(default=0, sa_type=BigInteger)
    of: int = Field(default=0, sa_type=BigInteger)
