"""Forms that were saved, so that one which is sent again is saved once."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from crm_app.core.clock import now
from crm_app.core.schema import Operational, moment


class SentForm(Operational, table=True):
    """A form that a browser sent under its own ticket; `digest` is of what was said, `batch_id` what came of it."""

    __tablename__ = "sent_form"  # pyright: ignore[reportAssignmentType]
    user_id: int = Field(sa_type=BigInteger, foreign_key="user.id", primary_key=True)
    ticket: str = Field(primary_key=True, max_length=64)
    digest: str
    batch_id: int = Field(sa_type=BigInteger, foreign_key="change_batch.id")
    at: datetime = moment(default_factory=now, nullable=False)
