"""Records as search documents: what the catalogue calls searchable, and nothing else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.kinds import MERGED, Field
from crm_app.core.changes.working import table_of
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import inputs_of
from crm_app.records.custom.fields import Definition, as_words
from search.documents import Document

# From the most to the least wanted; what is found equally well comes in this order.
IMPORTANCE: dict[str, float] = {
    "person": 1.0,
    "company": 0.9,
    "deal": 0.8,
    "quote": 0.7,
    "invoice": 0.68,
    "order": 0.66,
    "product": 0.6,
    "price_book": 0.55,
    "text_block": 0.5,
    "activity": 0.2,
}
KINDS = tuple(IMPORTANCE)
CHUNK = 2000
TEXTS = ("text", "longtext")
_PHONE = re.compile(r"\+?[\d\s()./-]{5,}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def shape() -> list[str]:
    """What is indexed of which kind, one line each; an index of another shape is built anew. Without custom fields."""
    lines: list[str] = []
    for name, importance in IMPORTANCE.items():
        known = kind(name)
        named = [f.name for f in known.fields if _is_text(f)]
        parts = [f"{c.name}.{f.name}" for c in known.children for f in c.fields if _is_text(f)]
        lines.append(" ".join([name, str(importance), known.title, str(known.owner), *named, *parts]))
    return lines


def documents(session: Session, name: str, ids: Iterable[int]) -> list[Document]:
    """The documents of the living records among these."""
    wanted = sorted(set(ids))
    made: list[Document] = []
    for start in range(0, len(wanted), CHUNK):
        chosen = table_of(kind(name).table).c.id.in_(wanted[start : start + CHUNK])
        made += _read(session, kind(name), chosen, CHUNK)
    return made


def all_documents() -> Iterator[list[Document]]:
    """Every document of the installation in portions, each read in a transaction of its own."""
    for name in KINDS:
        after = 0
        while portion := db.read_sync(_next, kind(name), after):
            after = portion[-1].id
            yield portion


def _next(session: Session, known: Kind, after: int) -> list[Document]:
    return _read(session, known, table_of(known.table).c.id > after, CHUNK)


def _read(session: Session, known: Kind, where: Any, limit: int) -> list[Document]:
    table = table_of(known.table)
    named = [f.name for f in known.fields if _is_text(f) and f.name != known.title]
    more = [name for name in (known.owner, "stage_id") if name and name in table.c]
    columns = dict.fromkeys(["id", "updated_at", known.title, *named, *more, "custom"])
    further = searched_fields(session, known.name)
    query = select(*(table.c[name] for name in columns)).where(table.c.deleted_at.is_(None), where)
    rows = session.connection().execute(query.order_by(table.c.id).limit(limit)).mappings().all()
    ids = [row["id"] for row in rows]
    parts = _parts(session, known, ids)
    for id, texts in _former(session, known, ids, named).items():
        parts[id] += [text for text in texts if text not in parts[id]]
    return [
        _document(known, row, [*(row[n] for n in named), *parts[row["id"]], *_custom(further, row["custom"])])
        for row in rows
    ]


def searched_fields(session: Session, name: str) -> list[Definition]:
    """The custom fields of a kind by which records are found: none that only some roles see, or that says one."""
    found = definitions(session, name)
    closed = {d.name for d in found.values() if d.read_roles}
    said = {d.name: {d.name, *(inputs_of(d, found) if d.is_computed else ())} for d in found.values() if d.searchable}
    return [d for d in found.values() if d.name in said and not closed & said[d.name]]


def _custom(further: list[Definition], values: Any) -> list[str]:
    """Texts, and the names of options."""
    return [as_words(d, values[str(d.id)]) for d in further if values.get(str(d.id)) is not None]


def _is_text(field: Field) -> bool:
    return field.searchable and field.type in TEXTS


def _parts(session: Session, known: Kind, ids: list[int]) -> dict[int, list[str]]:
    """The searchable values of the children, by record."""
    found: dict[int, list[str]] = defaultdict(list)
    for children in known.children:
        named = [f.name for f in children.fields if _is_text(f)]
        if not named or not ids:
            continue
        table = table_of(children.table)
        where = [table.c[children.parent].in_(ids), *(table.c[n] == v for n, v in children.fixed.items())]
        query = select(table.c[children.parent], *(table.c[n] for n in named)).where(*where).order_by(table.c.id)
        for id, *values in session.connection().execute(query):
            found[id] += values
    return found


def _former(session: Session, known: Kind, ids: list[int], named: list[str]) -> dict[int, list[str]]:
    """What those were called, and how they were reached, that were merged into these."""
    if not known.mergeable or not ids:
        return {}
    table = table_of(known.table)
    into: dict[int, int] = {}
    found: dict[int, list[str]] = defaultdict(list)
    fresh = {id: id for id in ids}
    while fresh:  # as many steps as merges followed each other
        columns: list[Any] = [table.c.id, table.c[MERGED], table.c[known.title], *(table.c[n] for n in named)]
        query = select(*columns)
        query = query.where(table.c[MERGED].in_(sorted(fresh)), table.c.deleted_at.is_not(None))
        rows = session.connection().execute(query.order_by(table.c.id)).all()
        fresh = {row[0]: fresh[row[1]] for row in rows if row[0] not in into}
        into |= fresh
        for id, _, *texts in rows:
            found[into[id]] += [text for text in texts if text]
    for id, texts in _parts(session, known, sorted(into)).items():
        found[into[id]] += texts
    return {id: list(dict.fromkeys(texts)) for id, texts in found.items()}


def _document(known: Kind, row: Any, texts: list[str | None]) -> Document:
    """Texts sorted by their shape: what looks like an address or a number is searched like one."""
    given = [text.strip() for text in texts if text and text.strip()]
    emails = [text for text in given if _EMAIL.fullmatch(text)]
    phones = [text for text in given if _PHONE.fullmatch(text)]
    return Document(
        known.name,
        row["id"],
        row[known.title] or "",
        tuple(text for text in given if text not in emails and text not in phones),
        tuple(phones),
        tuple(emails),
        row[known.owner] if known.owner else None,
        row.get("stage_id"),
        int(row["updated_at"].timestamp()),
        IMPORTANCE[known.name],
    )
