"""One function for every screen that looks records up; it runs in a thread, with or without a session."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from time import perf_counter

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.text import clip
from crm_app.records.addresses import record_path
from crm_app.records.listing import rows_by_id
from crm_app.records.search.documents import KINDS
from crm_app.records.search.facets import named_facets
from crm_app.records.search.index import engine
from crm_app.records.search.prefix import find_by_prefix
from crm_app.records.search.rights import seen_by
from crm_app.records.search.rows import Piece, SearchAnswer, SearchRow
from search.asked import Asked, take_apart
from search.documents import Found
from search.filters import And, Filter
from search.highlight import highlight
from search.port import Unavailable

SPARE = 10  # hits more than are shown, because the database may know better
Hit = tuple[str, int]
log = logging.getLogger("kith.search")


def find(
    session: Session | None,
    actor: Principal,
    text: str,
    *,
    kinds: Sequence[str] | None = None,
    limit: int = 20,
    where: Filter | None = None,
    facets: Sequence[str] = (),
) -> SearchAnswer:
    """The records that fit best, as far as the actor may see them; `where` narrows. Never raises for any text.

    While there is no engine, beginnings of titles are compared, `where` and `facets` are not heeded, and the answer
    says so (`rebuilding`)."""
    if session is None:
        with db.reading() as opened:
            return find(opened, actor, text, kinds=kinds, limit=limit, where=where, facets=facets)
    started = perf_counter()
    text, chosen = clip(text, 200), [name for name in kinds or KINDS if name in KINDS]
    asked = take_apart(text)
    found = _from_engine(actor, text, chosen, limit, where, facets) if asked.words else Found()
    if found is None:
        hits = find_by_prefix(session, actor, text, chosen, limit)
    else:
        hits = [(hit.kind, hit.id) for hit in found.hits]
    rows = load_rows(session, actor, hits, asked)[:limit]
    counted = named_facets(session, actor, found.facets) if found is not None else []
    return SearchAnswer(rows, counted, found is None, (perf_counter() - started) * 1000)


def _from_engine(
    actor: Principal, text: str, kinds: Sequence[str], limit: int, where: Filter | None, facets: Sequence[str]
) -> Found | None:
    """What the engine finds, or None where it cannot be asked."""
    seen = seen_by(actor, kinds)
    narrowed = seen if where is None else And((seen, where))
    try:
        return engine().search(text, where=narrowed, limit=limit + SPARE, mine=actor.id, facets=facets)
    except Unavailable as error:
        log.debug("search falls back to beginnings of titles: %s", error)
        return None


def load_rows(session: Session, actor: Principal, hits: Iterable[Hit], asked: Asked) -> list[SearchRow]:
    """The records behind hits, read from the database: what is gone or hidden by now is left out."""
    hits = list(hits)
    wanted: dict[str, list[int]] = defaultdict(list)
    for name, id in hits:
        wanted[name].append(id)
    rows = {
        (name, id): SearchRow(
            name,
            id,
            _pieces(row.title, asked),
            _pieces(" · ".join(c.text for c in row.cells if c.text), asked),
            record_path(name, id, row.title),
        )
        for name, ids in wanted.items()
        for id, row in rows_by_id(session, actor, name, ids, kind(name).summary)[1].items()
    }
    return [rows[hit] for hit in hits if hit in rows]


def _pieces(text: str, asked: Asked) -> list[Piece]:
    return [Piece(part, hit) for part, hit in highlight(text, asked)]
