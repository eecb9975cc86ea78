"""What was done with a client, or is planned."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, text

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Child, Record, list_indexes, moment, ref

OPEN_AND_REPEATING = text("repeat <> '' AND done_at IS NULL AND deleted_at IS NULL")
TO_BE_REMINDED = text("remind_at IS NOT NULL AND done_at IS NULL AND deleted_at IS NULL")


class Activity(Record, table=True):
    """A call, meeting, task, note or e-mail, planned while `done_at` is empty; `at` follows: done, due or created.

    `repeat` is a rule of RFC 5545 (`crm_app.core.recurrence`), `follows_id` the finished one that this one repeats.
    """

    __table_args__ = (
        # what is due within days, as calendars and lists ask: counted and put in the order of lists within the index
        Index("ix_activity_owner_due", "owner_id", "due_at", "at", "id", "deleted_at", **LIVING),
        # the same of whomever, for who sees all
        Index("ix_activity_due", "due_at", "at", "id", "deleted_at", **LIVING),
        # what was done in some days, and what is open, of whomever; of an owner, who has far fewer, in the usual order
        Index("ix_activity_done", "done_at", "at", "id", "owner_id", "deleted_at", **LIVING),
        Index("ix_activity_owner_at", "owner_id", "at", "id", "done_at", "deleted_at", **LIVING),
        *list_indexes("activity", "at", owner=False),
        *(Index(f"ix_activity_{name}_at", f"{name}_id", "at", "id") for name in ("person", "company", "deal")),
        # the open ones of a calendar that come again, and those of whom somebody is to be reminded
        Index(
            "ix_activity_repeating",
            "owner_id",
            "due_at",
            sqlite_where=OPEN_AND_REPEATING,
            postgresql_where=OPEN_AND_REPEATING,
        ),
        Index("ix_activity_remind", "remind_at", sqlite_where=TO_BE_REMINDED, postgresql_where=TO_BE_REMINDED),
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
    outcome: str | None = None
    place: str = ""
    agenda: str = ""
    meeting_minutes: str = ""
    priority: str = "normal"
    repeat: str = ""
    follows_id: int | None = Field(
        default=None, index=True, sa_type=BigInteger
    )  # no foreign key: SQLite would copy all
    remind_minutes: int | None = None
    remind_at: datetime | None = moment()


class ActivityAttendee(Child, table=True):
    """Who is asked to a meeting: a colleague or a person."""

    __tablename__ = "activity_attendee"  # pyright: ignore[reportAssignmentType]
    activity_id: int = ref("activity", nullable=False)
    user_id: int | None = ref("user")
    person_id: int | None = ref("person")
    response: str = "none"
