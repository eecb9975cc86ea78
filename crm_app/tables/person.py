"""People with their e-mails, phones and addresses."""

from datetime import datetime

from sqlmodel import Field, Index

from crm_app.core.schema import LIVING, Child, Record, list_indexes, moment, ref


class Person(Record, table=True):
    """A human being: name, then lead, then contact."""

    __table_args__ = (
        *list_indexes("person"),
        Index(
            "ix_person_lifecycle_sort_key",
            "lifecycle",
            "sort_key",
            "id",
            "deleted_at",
            **LIVING,
        ),
    )
    first_name: str = ""
    last_name: str = Field(default="", index=True)
    display_name: str = Field(index=True)
    title: str = ""
    company_id: int | None = ref("company")
    lifecycle: str = "name"
    segment: str | None = None
    language: str = ""
    source: str = ""
    owner_id: int | None = ref("user")
    last_touch_at: datetime | None = moment()


class PersonEmail(Child, table=True):
    """An e-mail address of a person."""

    __tablename__ = "person_email"  # pyright: ignore[reportAssignmentType]
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
