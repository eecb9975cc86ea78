"""The way that needs no index: records whose title, or a later word of it, begins with what was typed."""

from collections.abc import Sequence

from sqlalchemy import and_, null, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import like, sort_key
from crm_app.identity.policy import visible

MANY = frozenset({"activity"})  # too many to look inside without an index
LAST = "\U0010ffff"


def find_by_prefix(
    session: Session, actor: Principal, text: str, kinds: Sequence[str], limit: int
) -> list[tuple[str, int]]:
    """Kind and id: beginnings of titles first, found in the index of the lists; then beginnings of later words."""
    start = sort_key(text)
    if not start:
        return []
    found: list[tuple[str, int]] = []
    later: list[tuple[str, int]] = []
    for name in kinds:
        known = kind(name)
        table = table_of(known.table)
        seen = and_(table.c.deleted_at.is_(None), visible(actor, name, table.c[known.owner] if known.owner else null()))
        query = select(table.c.id).where(seen).order_by(table.c.sort_key, table.c.id).limit(limit)
        run = session.connection().execute
        first = list(run(query.where(table.c.sort_key >= start, table.c.sort_key < start + LAST)).scalars())
        found += [(name, id) for id in first]
        if len(first) < limit and name not in MANY:
            inside = table.c.sort_key.like(like(" " + start), escape="\\")
            later += [(name, id) for id in run(query.where(inside)).scalars() if id not in first]
    return (found + later)[: limit * 2]
