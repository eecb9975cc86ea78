"""Who is signed in, from where, and how they prove it. Never logged, never in an export."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from crm_app.core.clock import now
from crm_app.core.schema import Fact, Operational, TableClass, id_field, moment, ref


class Credential(Operational, table=True):
    """The argon2 hash of a user's password."""

    user_id: int = ref("user", nullable=False, primary_key=True)
    password_hash: str
    changed_at: datetime = moment(default_factory=now, nullable=False)


class SignInThrottle(Operational, table=True):
    """Wrong passwords in a row, by place, account or browser, and until when to wait."""

    __tablename__ = "sign_in_throttle"  # pyright: ignore[reportAssignmentType]
    key: str = Field(primary_key=True)
    user_id: int = ref("user", nullable=False)
    failed_count: int = 0
    locked_until: datetime | None = moment()
    at: datetime = moment(default_factory=now, nullable=False)


class OneTimeLink(Operational, table=True):
    """A link that works once; only the SHA-256 of its token is kept."""

    __tablename__ = "one_time_link"  # pyright: ignore[reportAssignmentType]
    token_hash: str = Field(primary_key=True)
    purpose: str
    user_id: int | None = ref("user")
    expires_at: datetime = moment(default_factory=now, nullable=False)
    used_at: datetime | None = moment()


class UserSession(Operational, table=True):
    """A signed-in browser; only the SHA-256 of its cookie is kept. `public_id` is what the app sees."""

    __tablename__ = "user_session"  # pyright: ignore[reportAssignmentType]
    id: int = id_field()
    token_hash: str = Field(unique=True)
    public_id: str = Field(unique=True)
    user_id: int = ref("user", nullable=False)
    created_at: datetime = moment(default_factory=now, nullable=False)
    last_seen_at: datetime = moment(default_factory=now, nullable=False)
    expires_at: datetime = moment(default_factory=now, nullable=False)
    revoked_at: datetime | None = moment()
    ip: str = ""
    user_agent: str = ""


class SocketBinding(Operational, table=True):
    """A client token belongs to the session that first used it."""

    __tablename__ = "socket_binding"  # pyright: ignore[reportAssignmentType]
    client_token: str = Field(primary_key=True)
    session_id: int = ref("user_session", nullable=False)
    bound_at: datetime = moment(default_factory=now, nullable=False)


class LoginEvent(Fact, table=True):
    """An attempt to sign in."""

    table_class: ClassVar[TableClass] = "fact"
    __tablename__ = "login_event"  # pyright: ignore[reportAssignmentType]
    id: int = id_field()
    at: datetime = moment(default_factory=now, nullable=False)
    email: str
    user_id: int | None = ref("user")
    outcome: str
    ip: str = ""


class CalendarLink(Operational, table=True):
    """The secret link to one user's calendar; only the SHA-256 of its token is kept. One a user."""

    __tablename__ = "calendar_link"  # pyright: ignore[reportAssignmentType]
    user_id: int = ref("user", nullable=False, primary_key=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = moment(default_factory=now, nullable=False)
    last_used_at: datetime | None = moment()
