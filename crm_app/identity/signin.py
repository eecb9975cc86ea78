"""Sign-in with a password. Hashing happens between two transactions, so that nobody waits for the database."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Forbidden, Invalid
from crm_app.core.text import clip
from crm_app.identity import service, sessions, throttle
from crm_app.identity.passwords import hash_password, needs_rehash, password_problem, verify_password
from crm_app.identity.queries import find_user_by_email
from crm_app.tables.access import Credential, LoginEvent, UserSession
from crm_app.tables.user import User

REFUSAL = "E-mail or password is wrong. After several attempts, please wait some minutes before you try again."


@dataclass(frozen=True)
class Known:
    """What is read before the password is checked."""

    user_id: int | None = None
    may_sign_in: bool = False
    password_hash: str | None = None


def sign_in(
    email: str, password: str, *, ip: str = "", user_agent: str = "", replaces: str = "", device: str = ""
) -> str | None:
    """The cookie of a new session, or None; the same work for a known and an unknown address.

    `replaces` is the cookie that the browser had: its session ends. `device` is the mark of the browser.
    """
    known = db.read_sync(find_known, email)
    right = verify_password(known.password_hash, password)
    fresh = hash_password(password) if right and known.password_hash and needs_rehash(known.password_hash) else None
    client = {"ip": ip, "user_agent": user_agent, "replaces": replaces, "device": device}
    return db.write_sync(finish, known, email, right, fresh, **client)


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
    device: str,
) -> str | None:
    """Count a failure or open the session, and record the attempt."""
    credential = session.get(Credential, known.user_id, with_for_update=True) if known.user_id else None
    if credential is None:
        record(session, email, known.user_id, "refused", ip)
        return None
    at = now()
    counts = throttle.counts_for(session, credential.user_id, ip, device)
    locked = throttle.is_locked(counts, at)
    if locked or not right or not known.may_sign_in:
        if not locked and not right:
            throttle.count_failure(counts, at)
        record(session, email, known.user_id, "locked" if locked else "refused", ip)
        return None
    throttle.clear(counts, at)
    credential.password_hash = fresh or credential.password_hash
    client = {"ip": ip, "user_agent": user_agent, "replaces": replaces, "device": device}
    return open_for(session, credential.user_id, email, **client)


def change_password(actor: Principal, current: str, fresh: str, repeated: str) -> None:
    """A new password by the present one; every other session ends. Raises Invalid, beside the field."""
    if actor.id is None:
        raise Forbidden("The system has no password.")
    email, stored = db.read_sync(_own_password, actor.id)
    right = verify_password(stored, current)
    if problem := password_problem(fresh, email) if right else None:
        raise Invalid({"password": problem})
    if right and fresh != repeated:
        raise Invalid({"repeated": "The two are not the same."})
    refusal = db.write_sync(_change, actor, email, stored, hash_password(fresh) if right else None)
    if refusal:
        raise Invalid({"current": refusal})


def _own_password(session: Session, user_id: int) -> tuple[str, str | None]:
    credential = session.get(Credential, user_id)
    return session.get_one(User, user_id).email, credential.password_hash if credential else None


def _change(session: Session, actor: Principal, email: str, stored: str | None, fresh: str | None) -> str | None:
    """The refusal is an answer and no error, or its count would be rolled back."""
    user_id, at = actor.id or 0, now()
    credential = session.get(Credential, user_id, with_for_update=True)
    counts = throttle.change_count(session, user_id)
    if throttle.is_locked(counts, at):
        return "Please wait some minutes before you try again."
    if fresh is None or credential is None or credential.password_hash != stored:
        throttle.count_failure(counts, at)
        record(session, email, user_id, "password refused", "")
        return "This is not your present password."
    service.set_password(session, user_id, fresh)
    service.spend_links(session, user_id)
    own = session.get(UserSession, actor.session_id) if actor.session_id else None
    sessions.revoke_all(session, user_id, keep=own.public_id if own else None)
    record(session, email, user_id, "password changed", "")
    return None


def open_for(
    session: Session,
    user_id: int,
    email: str,
    *,
    ip: str = "",
    user_agent: str = "",
    replaces: str = "",
    device: str = "",
    outcome: str = "signed in",
) -> str:
    """A session for somebody who has proved who they are; answers with the cookie's value."""
    if replaces:
        sign_out(session, replaces)
    throttle.trust(session, user_id, device)
    record(session, email, user_id, outcome, ip)
    return sessions.create_session(session, user_id, ip=ip, user_agent=user_agent)


def sign_out(session: Session, token: str) -> None:
    """End the session of this cookie, if it is one."""
    found = session.execute(
        select(col(UserSession.public_id)).where(col(UserSession.token_hash) == sessions.hash_token(token))
    ).scalar()
    if found:
        sessions.revoke(session, found)


def record(session: Session, email: str, user_id: int | None, outcome: str, ip: str) -> None:
    """Note an attempt, or what else happened to the way in."""
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
