"""Rows of owners whom the importing user does not reach: refused at once, with the reason, not change by change."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.identity.policy import scope
from crm_app.imports.recipes.recipe import Draft
from crm_app.tables import User

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


def refuse_strangers(chunk: "Chunk", new: list[Draft], old: list[Draft]) -> None:
    """Nobody imports what they could not see afterwards, or changes what they do not see."""
    actor, owner = chunk.job.actor, chunk.kind.owner
    if owner is None or actor.system:
        return
    reach = scope(actor, "read", chunk.kind.name)
    if reach == "all":
        return
    seen = {actor.id, *(actor.member_ids if reach == "team" else ())}
    standing = owners_of(chunk, owner, [d.id for d in old if d.id is not None])
    found = [(d, d.values[owner]) for d in new if d.values.get(owner) is not None]
    found += [(d, standing[d.id]) for d in old if d.id in standing]
    strange = [(d, user) for d, user in found if user not in seen]
    names = _names(chunk, {user for _, user in strange if user is not None})
    whose = "who is not in your team" if reach == "team" else "and you may import only your own"
    for draft, user in strange:
        chunk.refuse(draft, f"Owned by {names[user]}, {whose}." if user else "Owned by nobody, so not by your team.")


def owners_of(chunk: "Chunk", owner: str, ids: list[int]) -> dict[int, int | None]:
    """Who owns these records of the kind now."""
    table = table_of(chunk.kind.table)
    return _pairs(chunk, table.c.id, table.c[owner], ids)


def _names(chunk: "Chunk", ids: set[int]) -> dict[int, str]:
    table = table_of(User)
    return _pairs(chunk, table.c.id, table.c.name, sorted(ids))


def _pairs(chunk: "Chunk", key: Any, value: Any, ids: list[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(ids), IN_LIMIT):
        query = select(key, value).where(key.in_(ids[start : start + IN_LIMIT]))
        found.update((row[0], row[1]) for row in chunk.session.connection().execute(query))
    return found
