"""Sign-in with a password. Hashing happens between two transactions, so that nobody waits for the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.text import clip
from crm_app.identity import sessions
from crm_app.identity.passwords import hash_password, needs_rehash, verify_password
from crm_app.identity.queries import find_user_by_email
from crm_app.tables.access import Credential, LoginEvent, UserSession

FREE_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
REFUSAL = "E-mail or password is wrong. After several attempts, please wait some minutes before you try again."


@dataclass(frozen=True)
class Known:
    """What is read before the password is checked."""

    user_id: int | None = None
    may_sign_in: bool = False
    password_hash: str | None = None


def wait_after(failures: int) -> timedelta | None:
    """The lock after so many failures in a row: 30 s, doubled each time, at most 15 minutes."""
    if failures < FREE_ATTEMPTS:
        return None
    return min(FIRST_WAIT * 2 ** min(failures - FREE_ATTEMPTS, 10), LONGEST_WAIT)


def sign_in(email: str, password: str, *, ip: str = "", user_agent: str = "", replaces: str = "") -> str | None:
    """The cookie of a new session, or None; the same work for a known and an unknown address.

    `replaces` is the cookie that the browser had: its session ends.
    """
    known = db.read_sync(find_known, email)
    right = verify_password(known.password_hash, password)
    fresh = hash_password(password) if right and known.password_hash and needs_rehash(known.password_hash) else None
    return db.write_sync(finish, known, email, right, fresh, ip=ip, user_agent=user_agent, replaces=replaces)


def find_known(session: Session, email: str) -> Known:
    """User and password hash for an address; empty for an unknown one."""
    user = find_user_by_email(session, email)
    if user is None:
        return Known()
    credential = session.get(Credential, user.id)
    return Known(user.id, user.status == "active", credential.password_hash if credential else None)


def finish(
    session: Session,
    known: Known,
    email: str,
    right: bool,
    fresh: str | None,
    *,
    ip: str,
    user_agent: str,
    replaces: str,
) -> str | None:
    """Count a failure or open the session, and record the attempt."""
    credential = session.get(Credential, known.user_id, with_for_update=True) if known.user_id else None
    at = now()
    locked = credential is not None and credential.locked_until is not None and credential.locked_until > at
    if locked or not right or not known.may_sign_in or credential is None:
        if credential is not None and not locked and not right:
            _count_failure(credential, at)
        _record(session, email, known.user_id, "locked" if locked else "refused", ip)
        return None
    credential.failed_count, credential.locked_until = 0, None
    credential.password_hash = fresh or credential.password_hash
    return open_for(session, credential.user_id, email, ip=ip, user_agent=user_agent, replaces=replaces)


def _count_failure(credential: Credential, at: datetime) -> None:
    credential.failed_count += 1
    wait = wait_after(credential.failed_count)
    credential.locked_until = at + wait if wait else None


def open_for(
    session: Session,
    user_id: int,
    email: str,
    *,
    ip: str = "",
    user_agent: str = "",
    replaces: str = "",
    outcome: str = "signed in",
) -> str:
    """A session for somebody who has proved who they are; answers with the cookie's value."""
    if replaces:
        sign_out(session, replaces)
    _record(session, email, user_id, outcome, ip)
    return sessions.create_session(session, user_id, ip=ip, user_agent=user_agent)


def sign_out(session: Session, token: str) -> None:
    """End the session of this cookie, if it is one."""
    found = session.execute(
        select(col(UserSession.public_id)).where(col(UserSession.token_hash) == sessions.hash_token(token))
    ).scalar()
    if found:
        sessions.revoke(session, found)


def _record(session: Session, email: str, user_id: int | None, outcome: str, ip: str) -> None:
    session.add(
        LoginEvent(
            id=allocate_ids(session, 1)[0],
            at=now(),
            email=clip(email.strip().lower(), 254),
            user_id=user_id,
            outcome=outcome,
            ip=clip(ip, 64),
        )
    )
    session.flush()
