"""Rows that mean a record that is there: what it has already, and several rows that mean the same one."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.imports.recipes.recipe import Draft

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


def rounds(drafts: Iterable[Draft]) -> list[list[Draft]]:
    """The rows in portions, in their order: one that adds to a record sees what those before it added."""
    found: list[list[Draft]] = []
    at: dict[int | None, int] = {}
    for draft in drafts:
        place = at.get(draft.id, -1)
        at[draft.id] = place = max(place, 0) if not draft.parts else place + 1
        if place == len(found):
            found.append([])
        found[place].append(draft)
    return found


def follow(chunk: "Chunk", old: list[Draft]) -> None:
    """Rows that mean the same as a row before them, by a key, go where that went."""
    for draft in old:
        if (first := draft.same_as) is None:
            continue
        draft.id, draft.is_likely, draft.is_left = first.id, first.is_likely, first.is_left
        if first.row_no in chunk.refused:
            chunk.left += draft.is_left
            chunk.refuse(draft, f"Row {first.row_no} means the same. {chunk.refused[first.row_no][0]}")


def load_parts(chunk: "Chunk", drafts: list[Draft]) -> None:
    """The parts that these rows add to, as they are now."""
    ids = [d.id for d in drafts if d.id is not None]
    for name in {n for d in drafts for n in d.parts}:
        children = chunk.kind.child_by_name[name]
        table = table_of(children.table)
        rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for start in range(0, len(ids), IN_LIMIT):
            fixed = (table.c[k] == v for k, v in children.fixed.items())
            query = select(table).where(table.c[children.parent].in_(ids[start : start + IN_LIMIT]), *fixed)
            query = query.order_by(table.c.position, table.c.id)
            for row in chunk.session.connection().execute(query).mappings():
                rows[row[children.parent]].append(dict(row))
        chunk.existing_parts[name] = rows
