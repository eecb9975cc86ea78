"""What the organisation asks of people on the way from a name to a contact."""

from typing import Any

from sqlmodel import Index

from crm_app.core.schema import LIVING, Record, json_field


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
