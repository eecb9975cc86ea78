"""What was done with a client, or is planned."""

from datetime import datetime

from sqlmodel import Index

from crm_app.core.schema import Record, moment, ref


class Activity(Record, table=True):
    """A call, meeting, task, note or e-mail; planned while `done_at` is empty."""

    __table_args__ = (Index("ix_activity_owner_due", "owner_id", "due_at"),)
    type: str = "task"
    subject: str = ""
    body: str = ""
    person_id: int | None = ref("person")
    company_id: int | None = ref("company")
    deal_id: int | None = ref("deal")
    owner_id: int | None = ref("user")
    due_at: datetime | None = moment()
    done_at: datetime | None = moment()
    all_day: bool = False
    pinned: bool = False
