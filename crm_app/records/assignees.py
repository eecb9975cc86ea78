"""To whom the actor may give a record of a kind."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import scope
from crm_app.records.listing.rows import Option
from crm_app.tables import User

user = table_of(User)


def assignable(session: Session, actor: Principal, obj: str) -> list[Option]:
    """Active users within reach of the actor's right to edit, always oneself, by name."""
    query = select(user.c.id, user.c.name).where(user.c.deleted_at.is_(None), user.c.status != "disabled")
    reach = scope(actor, "edit", obj)
    if reach != "all" and actor.id is not None:
        query = query.where(user.c.id.in_(sorted(actor.member_ids | {actor.id}) if reach == "team" else [actor.id]))
    rows = session.connection().execute(query.order_by(user.c.sort_key, user.c.id))
    return [Option(str(row.id), row.name) for row in rows]
