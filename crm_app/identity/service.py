"""Commands on users, teams, passwords and one-time links. The caller opens the transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, KithError, NotFound
from crm_app.identity import sessions, throttle
from crm_app.identity.policy import decide
from crm_app.identity.queries import find_user_by_email, has_active_user
from crm_app.identity.wishes import SaveTeam, SaveUser, refuse_unknown
from crm_app.tables.access import Credential, OneTimeLink, UserSession
from crm_app.tables.user import User

__all__ = [
    "SaveTeam",
    "SaveUser",
    "accept_invitation",
    "activate_user",
    "create_first_user",
    "create_user",
    "disable_user",
    "enable_user",
    "find_link",
    "first_user_link",
    "invite_user",
    "revoke_session",
    "save_team",
    "save_user",
    "set_password",
    "update_profile",
]
INVITE_DAYS = 7
FIRST_USER_HOURS = 24
PROFILE_FIELDS = frozenset({"name", "locale", "zone", "theme"})
COLOURS = ("#b4553f", "#2f7169", "#7a5ea8", "#3f6fae", "#84671f", "#a3476f", "#4d7a35", "#5b6472")
BAD_LINK = "This link is not valid any more. Please ask for a new one."


def save_user(session: Session, actor: Principal, wish: SaveUser) -> Applied:
    """Create or change a user; a new one cannot sign in until invited. Raises Invalid, Forbidden, Conflict."""
    fields: dict[str, Any] = {"name": wish.name, "email": wish.email, "role": wish.role, "team_id": wish.team_id}
    if wish.id is None:
        return _create(session, actor, "form", fields)
    return apply(session, actor, Change("user", wish.id, fields, expected=wish.version))


def colour_of(name: str) -> str:
    """The colour of a new user's initials, `#rrggbb`; the same for the same name."""
    return COLOURS[sum(name.encode()) % len(COLOURS)]


def create_user(session: Session, actor: Principal, *, source: str = "form", **fields: Any) -> int:
    """A new user, `listed` unless a status is given. Raises Invalid, Forbidden."""
    return _create(session, actor, source, fields).id


def _create(session: Session, actor: Principal, source: str, fields: Mapping[str, Any]) -> Applied:
    name = str(fields.get("name", ""))
    filled: dict[str, object] = {
        "zone": settings().zone,
        "locale": settings().locale,
        "color": colour_of(name),
        "status": "listed",
    }
    return apply(session, actor, Change("user", op="create", set={**filled, **fields}), source=source)


def save_team(session: Session, actor: Principal, wish: SaveTeam) -> Applied:
    """Create or change a team. Raises Invalid, Forbidden, Conflict."""
    fields = {"name": wish.name, "parent_id": wish.parent_id, "manager_id": wish.manager_id, "office": wish.office}
    if wish.id is None:
        return apply(session, actor, Change("team", op="create", set=fields))
    return apply(session, actor, Change("team", wish.id, fields, expected=wish.version))


def update_profile(session: Session, actor: Principal, values: Mapping[str, str]) -> Applied:
    """Change oneself: name, formats, time zone, theme. Raises Invalid for any other field."""
    refuse_unknown(values, PROFILE_FIELDS)
    if actor.id is None:
        raise Forbidden("The system has no profile.")
    return apply(session, actor, Change("user", actor.id, {name: value.strip() for name, value in values.items()}))


def disable_user(session: Session, actor: Principal, user_id: int) -> Applied:
    """Nobody signs in with this account any more; its sessions and links end now. Raises Refused, Forbidden."""
    _administers_users(actor)
    if user_id == actor.id:
        raise KithError("You cannot disable yourself.")
    return apply(session, actor, Change("user", user_id, {"status": "disabled"}))


def enable_user(session: Session, actor: Principal, user_id: int) -> Applied:
    """The account is open again. Without a password it waits for an invitation."""
    _administers_users(actor)
    user = session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound
    if user.status != "disabled":
        raise KithError("This account is not disabled.")
    status = "active" if user.email and session.get(Credential, user_id) else "listed"
    return apply(session, actor, Change("user", user_id, {"status": status}))


def invite_user(session: Session, actor: Principal, user_id: int) -> str:
    """A link with which the user chooses a password, once; older ones end. Raises NotFound, Invalid, Forbidden."""
    _administers_users(actor)
    user = session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound
    if not user.email:
        raise KithError("This user has no e-mail address yet.")
    purpose = "reset" if user.status == "active" else "invite"
    if purpose == "invite":
        apply(session, actor, Change("user", user_id, {"status": "invited"}))
    spend_links(session, user_id)
    return _new_link(session, purpose, timedelta(days=INVITE_DAYS), user_id)


def _administers_users(actor: Principal) -> None:
    verdict = decide(actor, "administer", "user")
    if not verdict.allowed:
        raise Forbidden(verdict.why)


def revoke_session(session: Session, actor: Principal, public_id: str) -> None:
    """End one of the own sessions, or anybody's as an administrator of users. Raises NotFound."""
    found = session.scalars(select(UserSession).where(col(UserSession.public_id) == public_id)).first()
    if found is None or (found.user_id != actor.id and not decide(actor, "administer", "user").allowed):
        raise NotFound("This session has ended already.")
    sessions.revoke(session, public_id)


def first_user_link(session: Session) -> str | None:
    """A fresh link to create the first administrator, or None where somebody can sign in already."""
    if has_active_user(session):
        return None
    session.execute(update(OneTimeLink).where(col(OneTimeLink.purpose) == "first_user").values(used_at=now()))
    return _new_link(session, "first_user", timedelta(hours=FIRST_USER_HOURS), None)


def _new_link(session: Session, purpose: str, lasts: timedelta, user_id: int | None) -> str:
    token = sessions.new_token()
    session.add(
        OneTimeLink(token_hash=sessions.hash_token(token), purpose=purpose, user_id=user_id, expires_at=now() + lasts)
    )
    session.flush()
    page = "first-user" if purpose == "first_user" else "invite"
    return f"{settings().base_url}/{page}?token={token}"


def spend_links(session: Session, user_id: int) -> None:
    """Every open link of this user ends."""
    session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.user_id) == user_id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=now())
    )


def find_link(session: Session, token: str, *purposes: str) -> OneTimeLink | None:
    """The link of this token, if it still may be used."""
    link = session.get(OneTimeLink, sessions.hash_token(token)) if token else None
    if link is None or link.purpose not in purposes or link.used_at is not None or link.expires_at <= now():
        return None
    if link.purpose == "first_user" and has_active_user(session):
        return None
    return link


def _spend(session: Session, token: str, *purposes: str) -> OneTimeLink:
    """Take the link, once: of two who try, one succeeds. Raises NotFound."""
    link = find_link(session, token, *purposes)
    if link is None:
        raise NotFound(BAD_LINK)
    taken = session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.token_hash) == link.token_hash, col(OneTimeLink.used_at).is_(None))
        .values(used_at=now())
    )
    if taken.rowcount != 1:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound(BAD_LINK)
    return link


def create_first_user(session: Session, token: str, name: str, email: str, password_hash: str) -> int:
    """The first administrator, by the one-time link. Raises NotFound, Invalid."""
    _spend(session, token, "first_user")
    user_id = create_user(
        session, SYSTEM, name=name.strip(), email=email.strip().lower(), role="administrator", status="active"
    )
    set_password(session, user_id, password_hash)
    return user_id


def accept_invitation(session: Session, token: str, password_hash: str) -> int:
    """Set the password by an invitation or a reset; older sessions end. Raises NotFound."""
    link = _spend(session, token, "invite", "reset")
    user = session.get(User, link.user_id) if link.user_id else None
    if user is None or user.deleted_at is not None or user.status not in ("invited", "active"):
        raise NotFound(BAD_LINK)
    if user.status == "invited":
        apply(session, SYSTEM, Change("user", user.id, {"status": "active"}))
    set_password(session, user.id, password_hash)
    sessions.revoke_all(session, user.id)
    return user.id


def set_password(session: Session, user_id: int, password_hash: str) -> None:
    """Store the hash of a new password; the counts of failures begin anew."""
    credential = session.get(Credential, user_id)
    if credential is None:
        session.add(Credential(user_id=user_id, password_hash=password_hash))
    else:
        credential.password_hash, credential.changed_at = password_hash, now()
    throttle.forget(session, user_id)
    session.flush()


def activate_user(session: Session, email: str, password_hash: str, **fields: Any) -> int:
    """Command line: make (or find) a user who can sign in with this password. Raises Invalid."""
    user = find_user_by_email(session, email)
    if user is None:
        user_id = create_user(session, SYSTEM, email=email.strip().lower(), status="active", **fields)
    else:
        user_id = apply(session, SYSTEM, Change("user", user.id, {"status": "active", **fields})).id
    set_password(session, user_id, password_hash)
    return user_id
