"""The organisation's own words and process: what it asks on the way to a contact, its terms, who knows of a change."""

from datetime import date, datetime
from typing import Any

from sqlmodel import BigInteger, Field, Index

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Operational, Record, id_field, json_field, moment, ref


class LifecycleState(Record, table=True):
    """One state of the lifecycle: `key` says which; `conditions` must hold to enter it, `movers` are the roles that may
    move somebody into it (none: everybody who may edit the person), `back_reason`: going back to it needs a reason."""

    __tablename__ = "lifecycle_state"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_lifecycle_state_key", "key", unique=True, **LIVING),)
    key: str
    name: str
    position: int = 0
    conditions: list[Any] = json_field(list)
    movers: list[Any] = json_field(list)
    back_reason: bool = True


class Term(Record, table=True):
    """A word as this organisation means it; `fields` are those whose help it is (`person.lifecycle`)."""

    name: str
    definition: str = ""
    fields: list[Any] = json_field(list)
    position: int = 0


class ProcessNotice(Operational, table=True):
    """A change of a term or of a process that concerns people: what changed, and until when they say that they know."""

    __tablename__ = "process_notice"  # pyright: ignore[reportAssignmentType]
    id: int = id_field()
    batch_id: int = Field(sa_type=BigInteger, unique=True)
    at: datetime = moment(default_factory=now, nullable=False)
    actor_id: int | None = ref("user")
    lines: list[Any] = json_field(list)
    until_day: date


class ProcessAck(Operational, table=True):
    """Somebody whom a notice concerns; `at` is when they said that they know."""

    __tablename__ = "process_ack"  # pyright: ignore[reportAssignmentType]
    notice_id: int = ref("process_notice", nullable=False, primary_key=True)
    user_id: int = ref("user", nullable=False, primary_key=True)
    at: datetime | None = moment()
