"""What asks for somebody's attention, and what somebody looked at last."""

from datetime import datetime

from sqlmodel import BigInteger, Field, Index

from crm_app.core.clock import now
from crm_app.core.schema import Operational, id_field, moment, ref


class Notification(Operational, table=True):
    """One message to one user about one record: a mention, an assignment, the end of long work."""

    __table_args__ = (
        Index("ix_notification_user", "user_id", "id"),
        Index("uq_notification_once", "user_id", "once_key", unique=True),
    )
    id: int = id_field()
    user_id: int = ref("user", nullable=False)
    at: datetime = moment(default_factory=now, nullable=False)
    type: str
    text: str
    actor_id: int | None = ref("user")
    kind: str = ""
    record_id: int | None = Field(default=None, sa_type=BigInteger)
    path: str = ""
    read_at: datetime | None = moment()
    once_key: str | None = None


class RecentView(Operational, table=True):
    """When a user last opened a record."""

    __tablename__ = "recent_view"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_recent_view_user", "user_id", "at"),)
    user_id: int = ref("user", nullable=False, primary_key=True)
    kind: str = Field(primary_key=True)
    record_id: int = Field(sa_type=BigInteger, primary_key=True)
    at: datetime = moment(default_factory=now, nullable=False)
