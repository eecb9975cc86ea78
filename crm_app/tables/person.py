"""People with their e-mails, phones and addresses."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Field, Index, false

from crm_app.core.columns import ExactDecimal
from crm_app.core.schema import LIVING, Child, Record, list_indexes, merged_index, moment, ref

IN_CAPITALS = text("value <> lower(value)")


class Person(Record, table=True):
    """A human being: name, then lead, then contact."""

    __table_args__ = (
        *list_indexes("person"),
        merged_index("person"),
        Index(
            "ix_person_lifecycle_sort_key",
            "lifecycle",
            "sort_key",
            "id",
            "segment",  # who stands where, and whose they are, is counted within the index
            "owner_id",
            "deleted_at",
            **LIVING,
        ),
        Index("ix_person_score", "score", "id", "deleted_at", **LIVING),
        Index("ix_person_band_score", "band", "score", "id", "deleted_at", **LIVING),
        Index("ix_person_band_sort_key", "band", "sort_key", "id", "deleted_at", **LIVING),
    )
    first_name: str = ""
    last_name: str = Field(default="", index=True)
    display_name: str = Field(index=True)
    title: str = ""
    company_id: int | None = ref("company")
    lifecycle: str = "name"
    segment: str | None = None
    language: str = ""
    zone: str = ""
    source: str = ""
    private: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    setback_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    owner_id: int | None = ref("user")
    last_touch_at: datetime | None = moment()
    merged_into_id: int | None = ref("person", index=False)
    score: Decimal = Field(default=Decimal(0), sa_type=ExactDecimal, sa_column_kwargs={"server_default": "0"})
    band: str = Field(default="cold", sa_column_kwargs={"server_default": "cold"})


class PersonEmail(Child, table=True):
    """An e-mail address of a person."""

    __tablename__ = "person_email"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_person_email_capitals", "value", sqlite_where=IN_CAPITALS, postgresql_where=IN_CAPITALS),
    )
    person_id: int = ref("person", nullable=False)
    value: str = Field(index=True)
    label: str = "work"
    is_primary: bool = False


class PersonPhone(Child, table=True):
    """A telephone number of a person."""

    __tablename__ = "person_phone"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    value: str = Field(index=True)
    label: str = "work"
    is_primary: bool = False


class PersonAddress(Child, table=True):
    """A postal address of a person."""

    __tablename__ = "person_address"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    label: str = "home"
    street: str = ""
    street2: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""


class PersonRelation(Child, table=True):
    """What another person is to this one (`reports to`, `assistant of`); owned by this side, shown on both."""

    __tablename__ = "person_relation"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    other_id: int = ref("person", nullable=False)
    type: str = "knows"
    note: str = ""


class PersonRole(Child, table=True):
    """What somebody was or is at a company; of those that are `current` the primary one is said of the person."""

    __tablename__ = "person_role"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    company_id: int | None = ref("company")
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    current: bool = True
    is_primary: bool = False


class PersonProfile(Child, table=True):
    """Where somebody is found in a social network."""

    __tablename__ = "person_profile"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    network: str = "LinkedIn"
    value: str = ""


class PersonConsent(Child, table=True):
    """What somebody said about being written to or called through one channel, when, and where that is known from."""

    __tablename__ = "person_consent"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    channel: str
    state: str = "given"
    on_day: date | None = None
    source: str = ""


class PersonScoreOverride(Child, table=True):
    """A score that somebody set by hand, why, and until when it stands in place of the computed one."""

    __tablename__ = "person_score_override"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False)
    value: int
    reason: str = ""
    until_day: date | None = None
    set_on: date | None = None
    user_id: int | None = ref("user")
