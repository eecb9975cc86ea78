"""Sessions: a random cookie stored as its hash, idle and absolute expiry, revocation, bindings of client tokens."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col

from crm_app.core.actor import Principal
from crm_app.core.clock import now
from crm_app.core.columns import UtcDateTime
from crm_app.core.config import settings
from crm_app.core.db import allocate_ids, dialect_of
from crm_app.core.text import clip
from crm_app.identity import throttle
from crm_app.identity.teams import find_line_ids, find_member_ids
from crm_app.tables.access import OneTimeLink, SocketBinding, UserSession
from crm_app.tables.organise import CustomField
from crm_app.tables.user import User

TOUCH_SECONDS = 60
KEEP_BINDINGS = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=90)


@dataclass(frozen=True)
class Live:
    """A session that holds right now, and who it is."""

    id: int
    public_id: str
    last_seen_at: datetime
    principal: Principal


def hash_token(token: str) -> str:
    """SHA-256 in hex: what is stored of a cookie or a one-time link."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def create_session(session: Session, user_id: int, *, ip: str = "", user_agent: str = "") -> str:
    """Open a session; answers with the cookie's value, which is stored nowhere."""
    token, at = new_token(), now()
    session.add(
        UserSession(
            id=allocate_ids(session, 1)[0],
            token_hash=hash_token(token),
            public_id=secrets.token_urlsafe(18),
            user_id=user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + timedelta(days=settings().session_absolute_days),
            ip=clip(ip, 64),
            user_agent=clip(user_agent, 300),
        )
    )
    session.flush()
    return token


def is_live(at: Any = None, idle: Any = None) -> ColumnElement[bool]:
    """Not revoked, inside both limits, and the user still may sign in; `at` now, and not used since `idle` at all."""
    moments = _moments() if at is None else {"at": at, "idle": idle}
    return and_(
        col(UserSession.revoked_at).is_(None),
        col(UserSession.expires_at) > moments["at"],
        col(UserSession.last_seen_at) > moments["idle"],
        col(User.id) == col(UserSession.user_id),
        col(User.status) == "active",
        col(User.deleted_at).is_(None),
    )


def _moments() -> dict[str, datetime]:
    at = now()
    return {"at": at, "idle": at - timedelta(minutes=settings().session_idle_minutes)}


def find_session(session: Session, token_hash: str) -> str | None:
    """The public id of the live session with this cookie hash."""
    return session.execute(
        select(col(UserSession.public_id))
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(col(UserSession.token_hash) == token_hash, is_live())
    ).scalar()


def find_live(session: Session, public_id: str) -> Live | None:
    """The live session with this public id, with its principal."""
    return find_all_live(session, [public_id]).get(public_id)


def find_all_live(session: Session, public_ids: Iterable[str]) -> dict[str, Live]:
    """Those of these sessions that hold right now, by public id; the members of a team are read once for all."""
    found: dict[str, Live] = {}
    teams: dict[int | None, frozenset[int]] = {}
    lines: dict[int | None, frozenset[int]] = {}
    closed: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for chunk in _chunks(sorted(set(public_ids)), 500):
        for row in session.connection().execute(_lives(), {"ids": chunk, **_moments()}):
            if row.team_id is not None and row.team_id not in teams:
                teams[row.team_id] = find_member_ids(session, row.user_id, row.team_id)
                lines[row.team_id] = find_line_ids(session, row.team_id)
            if row.role not in closed:
                closed[row.role] = fields_closed_to(session, row.role)
            unseen, fixed = closed[row.role]
            who = Principal(
                id=row.user_id,
                name=row.name,
                role=row.role,
                team_id=row.team_id,
                zone=row.zone,
                locale=row.locale,
                member_ids=teams.get(row.team_id, frozenset()) | {row.user_id},
                line_ids=lines.get(row.team_id, frozenset()),
                session_id=row.id,
                unseen=unseen,
                fixed=fixed,
            )
            found[row.public_id] = Live(row.id, row.public_id, row.last_seen_at, who)
    return found


@cache
def _lives() -> Select[Any]:
    """What makes a session and its principal, as columns: rows of the ORM would cost more than the query."""
    user = (col(User.id).label("user_id"), User.name, User.role, User.team_id, User.zone, User.locale)
    own = (UserSession.id, UserSession.public_id, UserSession.last_seen_at)
    live = is_live(*(bindparam(name, type_=UtcDateTime) for name in ("at", "idle")))
    asked = col(UserSession.public_id).in_(bindparam("ids", expanding=True))
    query = select(*own, *user).join(User, col(User.id) == col(UserSession.user_id))  # pyright: ignore[reportArgumentType, reportCallIssue]
    return query.where(asked, live)


def principal_of(session: Session, user: User, session_id: int | None = None) -> Principal:
    """The actor that a user is, with the members of the own team subtree."""
    unseen, fixed = fields_closed_to(session, user.role)
    return Principal(
        id=user.id,
        name=user.name,
        role=user.role,
        team_id=user.team_id,
        zone=user.zone,
        locale=user.locale,
        member_ids=find_member_ids(session, user.id, user.team_id),
        line_ids=find_line_ids(session, user.team_id),
        session_id=session_id,
        unseen=unseen,
        fixed=fixed,
    )


def fields_closed_to(session: Session, role: str) -> tuple[frozenset[str], frozenset[str]]:
    """The custom fields that this role may not see, and not edit, as `deal.custom.12`; an administrator may all."""
    unseen, fixed = set[str](), set[str]()
    if role != "administrator":
        for row in session.connection().execute(_ruled()):
            name = f"{row.kind}.custom.{row.id}"
            if row.read_roles and role not in row.read_roles:
                unseen.add(name)
            if name in unseen or (row.edit_roles and role not in row.edit_roles):
                fixed.add(name)
    return frozenset(unseen), frozenset(fixed)


@cache
def _ruled() -> Any:
    of: Any = CustomField
    return select(of.id, of.kind, of.read_roles, of.edit_roles)


def _chunks(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def touch(session: Session, public_ids: Iterable[str]) -> None:
    """Note that these sessions were used; the idle limit counts from here."""
    session.execute(
        update(UserSession).where(col(UserSession.public_id).in_(list(public_ids))).values(last_seen_at=now())
    )


def revoke(session: Session, public_id: str) -> bool:
    """End one session; its sockets are closed by every process within two seconds."""
    done = session.execute(
        update(UserSession)
        .where(col(UserSession.public_id) == public_id, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=now())
    )
    return done.rowcount > 0  # pyright: ignore[reportAttributeAccessIssue]


def revoke_all(session: Session, user_id: int, *, keep: str | None = None) -> int:
    """End every session of a user, but for the one with the public id `keep`."""
    statement = update(UserSession).where(col(UserSession.user_id) == user_id, col(UserSession.revoked_at).is_(None))
    if keep is not None:
        statement = statement.where(col(UserSession.public_id) != keep)
    return session.execute(statement.values(revoked_at=now())).rowcount  # pyright: ignore[reportAttributeAccessIssue]


def bind(session: Session, client_token: str, public_id: str) -> bool:
    """Bind a client token to a session, once and for ever; False if another session holds it."""
    owner = select(col(UserSession.id)).where(col(UserSession.public_id) == public_id)
    session_id = session.execute(owner).scalar()
    if session_id is None:
        return False
    insert = pg_insert if dialect_of(session) == "postgresql" else sqlite_insert
    session.execute(
        insert(SocketBinding)
        .values(client_token=client_token, session_id=session_id, bound_at=now())
        .on_conflict_do_nothing()
    )
    return bound_to(session, client_token) == public_id


def bound_to(session: Session, client_token: str) -> str | None:
    """The public id of the session that holds this client token."""
    return session.execute(
        select(col(UserSession.public_id))
        .join(SocketBinding, col(SocketBinding.session_id) == col(UserSession.id))
        .where(col(SocketBinding.client_token) == client_token)
    ).scalar()


def tidy(session: Session) -> None:
    """Drop what no longer serves: bindings a day after their session, sessions and links after three months."""
    at = now()
    ended = select(col(UserSession.id)).where(
        or_(col(UserSession.revoked_at) < at - KEEP_BINDINGS, col(UserSession.expires_at) < at - KEEP_BINDINGS)
    )
    session.execute(delete(SocketBinding).where(col(SocketBinding.session_id).in_(ended)))
    old = at - KEEP_SESSIONS
    bound = select(col(SocketBinding.session_id))
    session.execute(
        delete(UserSession).where(
            or_(col(UserSession.revoked_at) < old, col(UserSession.expires_at) < old), col(UserSession.id).not_in(bound)
        )
    )
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.expires_at) < old))
    throttle.forget_old(session)
