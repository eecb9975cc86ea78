"""What was done with a client, or is planned."""

from datetime import datetime

from sqlmodel import Index, text

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Record, list_indexes, moment, ref


class Activity(Record, table=True):
    """A call, meeting, task, note or e-mail, planned while `done_at` is empty; `at` follows: done, due or created."""

    __table_args__ = (
        Index("ix_activity_owner_due", "owner_id", "due_at"),
        *list_indexes("activity", "at"),
        *(Index(f"ix_activity_{name}_at", f"{name}_id", "at", "id") for name in ("person", "company", "deal")),
        # the newest that was done, found at once also among ten thousand
        *(Index(f"ix_activity_{name}_done", f"{name}_id", "done_at", **LIVING) for name in ("person", "deal")),
        *(
            Index(
                f"ix_activity_{name}_head",  # what stands on top of a timeline: planned or pinned
                f"{name}_id",
                "at",
                sqlite_where=text("done_at IS NULL OR pinned = 1"),
                postgresql_where=text("done_at IS NULL OR pinned"),
            )
            for name in ("person", "company", "deal")
        ),
    )
    type: str = "task"
    subject: str = ""
    body: str = ""
    person_id: int | None = ref("person")
    company_id: int | None = ref("company")
    deal_id: int | None = ref("deal")
    owner_id: int | None = ref("user")
    due_at: datetime | None = moment()
    done_at: datetime | None = moment()
    at: datetime = moment(default_factory=now, nullable=False)
    duration_minutes: int | None = None
    all_day: bool = False
    pinned: bool = False
