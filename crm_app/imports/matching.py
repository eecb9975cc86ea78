"""Finding again what was imported before: the record that a row means, by the fields that say so."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.changes.forwarding import survivors
from crm_app.core.changes.kinds import MERGED, Kind
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.imports.recipes.recipe import Draft

Key = tuple[tuple[str, ...], tuple[Any, ...]]
Match = tuple[tuple[str, ...], ...]


def check_match(kind: Kind, fields: list[str]) -> Match:
    """The wish of a person as a match. Raises ValueError for a field that the kind does not have."""
    for name in fields:
        if name not in kind.by_name and name != "external_id" and name not in kind.child_by_name:
            raise ValueError(f"A {kind.label.lower()} has no field {name!r} to match by.")
    return (tuple(fields),)


def keys_of(kind: Kind, match: Match, draft: Draft) -> Iterator[Key]:
    """The sets of fields that the row fills, with its values; a field with `?` may be empty."""
    for fields in match:
        values = tuple(_value(kind, draft, name.rstrip("?")) for name in fields)
        if all(v not in (None, "") or name.endswith("?") for v, name in zip(values, fields, strict=True)):
            yield fields, values


def key_of(kind: Kind, match: Match, draft: Draft) -> Key | None:
    """The first of them, by which the row is looked for; it is found by any."""
    return next(keys_of(kind, match, draft), None)


def _value(kind: Kind, draft: Draft, name: str) -> Any:
    if name in kind.child_by_name:
        value = draft.parts.get(name, {}).get("value")
        return value.casefold() if value else None
    return draft.values.get(name)


def find_existing(session: Session, kind: Kind, keys: list[Key]) -> dict[Key, list[int]]:
    """Living records by key; what a merged record was known by means the one that it went into."""
    found: dict[Key, list[int]] = defaultdict(list)
    grouped: dict[tuple[str, ...], set[Key]] = defaultdict(set)
    for key in keys:
        grouped[key[0]].add(key)
    for fields, wanted in grouped.items():
        names = [f.rstrip("?") for f in fields]
        firsts = sorted({k[1][0] for k in wanted}, key=str)
        for start in range(0, len(firsts), IN_LIMIT):
            queries = _queries(kind, names, firsts[start : start + IN_LIMIT])
            rows: list[Any] = [row for query in queries for row in session.connection().execute(query)]
            rows.sort(key=lambda row: (row[1] is not None, row[0]))  # the living first
            went = survivors(session, kind.name, [row[0] for row in rows if row[1] is not None])
            for id, gone, *values in rows:
                key, here = (fields, tuple(values)), went.get(id) if gone is not None else id
                if key in wanted and here is not None and here not in found[key]:
                    found[key].append(here)
    return found


def known_as(session: Session, kind: Kind, external_ids: list[Any]) -> set[str]:
    """Those of these external ids by which a record was known that was merged: its tombstone keeps them."""
    table, found = table_of(kind.table), set[str]()
    if not kind.mergeable or "external_id" not in table.c:
        return found
    for start in range(0, len(external_ids), IN_LIMIT):
        asked = table.c.external_id.in_(external_ids[start : start + IN_LIMIT])
        found |= set(
            session.connection()
            .execute(select(table.c.external_id).where(asked, table.c[MERGED].is_not(None)))
            .scalars()
        )
    return found


def _queries(kind: Kind, names: list[str], firsts: list[Any]) -> Iterator[Any]:
    """The records with one of the first values; what is kept in capitals, as few are, is looked for by itself."""
    table = table_of(kind.table)
    columns, joined = [], table
    for name in names:
        if children := kind.child_by_name.get(name):
            child = table_of(children.table)
            joined = joined.join(child, child.c[children.parent] == table.c.id)
            columns.append(child.c.value)
        else:
            columns.append(table.c[name])
    shown = [func.lower(c) if c.table is not table else c for c in columns]
    living = table.c.deleted_at.is_(None)
    there = or_(living, table.c[MERGED].is_not(None)) if kind.mergeable else living
    query = select(table.c.id, table.c.deleted_at, *shown).select_from(joined).where(there)
    first = columns[0]
    yield query.where(first.in_(firsts))
    if first.table is not table:
        yield query.where(first != func.lower(first), func.lower(first).in_(firsts))
