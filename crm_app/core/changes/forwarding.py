"""Where a merged record went: its tombstone names the one that it was merged into, and that one perhaps another."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.kinds import MERGED, kind
from crm_app.core.changes.working import IN_LIMIT, table_of

MOST_STEPS = 50


def survivor_of(session: Session, name: str, id: int) -> int | None:
    """The living record into which this one was merged, by however many steps; None where there is none."""
    return survivors(session, name, [id]).get(id)


def survivors(session: Session, name: str, ids: list[int]) -> dict[int, int]:
    """The living records into which these were merged; only of those that were."""
    known = kind(name)
    if not known.mergeable:
        return {}
    table = table_of(known.table)
    into: dict[int, int] = {}
    living: set[int] = set()
    wanted = sorted(set(ids))
    for _ in range(MOST_STEPS):
        fresh: set[int] = set()
        for start in range(0, len(wanted), IN_LIMIT):
            query = select(table.c.id, table.c[MERGED], table.c.deleted_at)
            for at, next_, gone in session.connection().execute(
                query.where(table.c.id.in_(wanted[start : start + IN_LIMIT]))
            ):
                if gone is None:
                    living.add(at)
                elif next_ is not None:
                    into[at] = next_
                    fresh.add(next_)
        wanted = sorted(fresh - into.keys() - living)
        if not wanted:
            break
    ends = {id: _end(into, id) for id in ids}
    return {id: end for id, end in ends.items() if end != id and end in living}


def _end(into: dict[int, int], at: int) -> int:
    for _ in range(MOST_STEPS):
        if at not in into:
            break
        at = into[at]
    return at


def family(name: str, ids: Iterable[int]) -> Any:
    """As a subselect: these, where they went if they were merged, and all that was merged into any of them."""
    table = table_of(kind(name).table)
    up = select(table.c.id, table.c[MERGED].label("into")).where(table.c.id.in_(list(ids))).cte(recursive=True)
    up = up.union(select(table.c.id, table.c[MERGED]).join(up, table.c.id == up.c.into))
    down = select(up.c.id).cte(recursive=True)
    down = down.union(select(table.c.id).join(down, table.c[MERGED] == down.c.id))
    return select(down.c.id)


def origins(session: Session, name: str, ids: list[int]) -> set[int]:
    """These, and all that were merged into them, by however many steps."""
    known = kind(name)
    found, fresh = set(ids), set(ids)
    if not known.mergeable:
        return found
    table = table_of(known.table)
    for _ in range(MOST_STEPS):
        query = select(table.c.id).where(table.c[MERGED].in_(sorted(fresh)), table.c.deleted_at.is_not(None))
        fresh = set(session.connection().execute(query).scalars()) - found if fresh else set()
        if not fresh:
            break
        found |= fresh
    return found
