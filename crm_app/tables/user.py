"""Users and teams."""

from sqlmodel import BigInteger, Field, Index, text

from crm_app.core.schema import Record, ref


class User(Record, table=True):
    """An employee; `listed` ones cannot sign in until they are invited."""

    __table_args__ = (
        Index(
            "uq_user_email",
            "email",
            unique=True,
            sqlite_where=text("deleted_at IS NULL AND email <> ''"),
            postgresql_where=text("deleted_at IS NULL AND email <> ''"),
        ),
    )
    name: str
    email: str = ""
    role: str = "read-only"
    team_id: int | None = ref("team")
    status: str = "listed"
    locale: str = "en"
    zone: str = "UTC"
    theme: str = "system"
    color: str = Field(default="")


class Team(Record, table=True):
    """A team; teams form a tree."""

    name: str
    parent_id: int | None = ref("team")
    manager_id: int | None = Field(default=None, index=True, sa_type=BigInteger)
    office: str = ""
