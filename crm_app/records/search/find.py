"""One function for every screen that looks records up; it runs in a thread, with or without a session."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from time import perf_counter

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.text import clip
from crm_app.records.listing import rows_by_id
from crm_app.records.search.prefix import find_by_prefix
from crm_app.records.search.rows import Piece, SearchAnswer, SearchRow

KINDS = ("person", "company", "deal", "product", "activity")
Hit = tuple[str, int]


def find(
    session: Session | None, actor: Principal, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20
) -> SearchAnswer:
    """The records that fit best, as far as the actor may see them. Never raises for any text."""
    if session is None:
        with db.reading() as opened:
            return find(opened, actor, text, kinds=kinds, limit=limit)
    started = perf_counter()
    text = clip(text, 200)
    hits = find_by_prefix(session, actor, text, kinds or KINDS, limit) if text else []
    rows = load_rows(session, actor, hits)
    return SearchAnswer(rows[:limit], [], True, (perf_counter() - started) * 1000)


def load_rows(session: Session, actor: Principal, hits: Iterable[Hit]) -> list[SearchRow]:
    """The records behind hits, read from the database: what is gone or hidden by now is left out."""
    hits = list(hits)
    wanted: dict[str, list[int]] = defaultdict(list)
    for name, id in hits:
        wanted[name].append(id)
    rows = {
        (name, id): SearchRow(name, id, [Piece(row.title)], " · ".join(c.text for c in row.cells if c.text), row.href)
        for name, ids in wanted.items()
        for id, row in rows_by_id(session, actor, name, ids, kind(name).summary)[1].items()
    }
    return [rows[hit] for hit in hits if hit in rows]
