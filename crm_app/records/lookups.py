"""Records of a kind by their name, for fields that point to them."""

from sqlalchemy import or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.forwarding import survivors
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.working import table_of
from crm_app.core.text import like, sort_key
from crm_app.records.listing.rows import Option
from crm_app.records.reading import may_see

SHOWN = 8
OFFERED = frozenset({"company", "person", "deal", "product", "user", "tag", "team"})


def find_records(session: Session, actor: Principal, name: str, text: str, limit: int = SHOWN) -> list[Option]:
    """Living records that the actor may see: those whose name begins with the text before those that contain it.

    Last come those into which one of that name was merged.
    """
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
    if len(found) < limit and known.mergeable:
        for option in _merged(session, actor, known, start, limit):
            found.setdefault(option.id, option)
    return list(found.values())[:limit]


def _merged(session: Session, actor: Principal, known: Kind, start: str, limit: int) -> list[Option]:
    """Where those went whose name began so."""
    table, run = table_of(known.table), session.connection().execute
    gone = select(table.c.id).where(table.c[MERGED].is_not(None), table.c.sort_key.like(start, escape="\\"))
    ids = sorted(set(survivors(session, known.name, list(run(gone.limit(limit)).scalars())).values()))
    living = (table.c.deleted_at.is_(None), may_see(actor, known))
    query = select(table.c.id, table.c[known.title]).where(table.c.id.in_(ids), *living)
    return [Option(str(id), title) for id, title in run(query)]
