"""Records of a kind by their name, for fields that point to them."""

from sqlalchemy import or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import like, sort_key
from crm_app.records.listing.rows import Option
from crm_app.records.reading import may_see

SHOWN = 8
OFFERED = frozenset({"company", "person", "deal", "product", "user", "tag", "team"})


def find_records(session: Session, actor: Principal, name: str, text: str, limit: int = SHOWN) -> list[Option]:
    """Living records that the actor may see: those whose name begins with the text before those that contain it."""
    wanted = sort_key(text)
    if name not in OFFERED or not wanted:
        return []
    known = kind(name)
    table = table_of(known.table)
    living = (table.c.deleted_at.is_(None), may_see(actor, known))
    start = like(wanted)[1:]
    found: dict[str, Option] = {}
    for condition in (
        table.c.sort_key.like(start, escape="\\"),
        or_(table.c.sort_key.like("% " + start, escape="\\"), table.c.sort_key.like(like(wanted), escape="\\")),
    ):
        query = select(table.c.id, table.c[known.title]).where(*living, condition)
        for id, title in session.connection().execute(query.order_by(table.c.sort_key, table.c.id).limit(limit)):
            found.setdefault(str(id), Option(str(id), title))
        if len(found) >= limit:
            break
    return list(found.values())[:limit]
