"""Colleagues by the beginning of a name, for a mention."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import like, sort_key
from crm_app.records.reading import may_see
from crm_app.tables import User

SHOWN = 6
user = table_of(User)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be mentioned."""

    id: int
    name: str


def find_colleagues(session: Session, actor: Principal, text: str) -> list[Colleague]:
    """Active users one of whose names begins with the text, by name."""
    start = like(sort_key(text))[1:]
    begins = or_(user.c.sort_key.like(start, escape="\\"), user.c.sort_key.like("% " + start, escape="\\"))
    query = (
        select(user.c.id, user.c.name)
        .where(user.c.deleted_at.is_(None), user.c.status != "disabled", may_see(actor, kind("user")), begins)
        .order_by(user.c.sort_key, user.c.id)
        .limit(SHOWN)
    )
    return [Colleague(row.id, row.name) for row in session.connection().execute(query)]
