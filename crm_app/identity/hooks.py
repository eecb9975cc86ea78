"""What must hold after every change of users, whatever way it came: a form, an import, an undo, a delete."""

from sqlalchemy import select
from sqlmodel import Session, col

from crm_app.core.changes.change import Applied, Context
from crm_app.core.errors import Refused
from crm_app.identity import sessions
from crm_app.identity.kind import LAST_ADMINISTRATOR
from crm_app.identity.queries import has_active_user
from crm_app.identity.service import spend_links
from crm_app.tables.user import User

WATCHED = frozenset({"role", "status", "deleted_at"})


def watch_users(context: Context, applied: list[Applied]) -> None:
    """Somebody always administers; who may not sign in any more has neither sessions nor links."""
    touched = [done for done in applied if done.kind == "user" and done.op != "create" and WATCHED & set(done.diff)]
    if not touched:
        return
    users = {user.id: user for user in _fresh(context.session, [done.id for done in touched])}
    for done in touched:
        user = users[done.id]
        if user.status in ("disabled", "listed") or user.deleted_at is not None:
            sessions.revoke_all(context.session, user.id)
            spend_links(context.session, user.id)
    if any(_administered(done, users[done.id]) for done in touched) and not _has_administrator(context.session):
        if context.actor.system and not has_active_user(context.session):
            return  # nobody is left at all, and the next start offers to create the first one
        raise Refused(LAST_ADMINISTRATOR)


def _fresh(session: Session, ids: list[int]) -> list[User]:
    """The rows as they now stand; whatever the session had read before is out of date."""
    wanted = select(User).where(col(User.id).in_(ids)).execution_options(populate_existing=True)
    return list(session.scalars(wanted))


def _administered(done: Applied, user: User) -> bool:
    """Was this an active administrator before the change?"""
    before = {name: done.diff[name][0] if name in done.diff else getattr(user, name) for name in WATCHED}
    return before["role"] == "administrator" and before["status"] == "active" and before["deleted_at"] is None


def _has_administrator(session: Session) -> bool:
    found = select(col(User.id)).where(
        col(User.role) == "administrator", col(User.status) == "active", col(User.deleted_at).is_(None)
    )
    return bool(session.scalars(found.order_by(col(User.id)).with_for_update()).all())
