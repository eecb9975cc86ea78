"""Long work goes on after the event that began it: on behalf of whoever began it, as they are by then."""

from sqlmodel import Session

from crm_app.core.actor import SYSTEM, Principal
from crm_app.identity.sessions import principal_of
from crm_app.tables.user import User


def acting(session: Session, user_id: int | None) -> Principal | None:
    """Who began the work, with the rights of today; None once they may no longer sign in. Without a user: Kith."""
    if user_id is None:
        return SYSTEM
    user = session.get(User, user_id)
    return principal_of(session, user) if user and user.status == "active" and user.deleted_at is None else None
