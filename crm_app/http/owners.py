"""Whose changed records are and were: only those who may see one of these hear that it changed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import of_batches, table_of
from crm_app.identity.policy import decide, scope

log = table_of(ChangeLog)
Owners = Mapping[int, frozenset[int | None]]


def owners_around(session: Session, name: str, ids: Collection[int], batches: Sequence[int]) -> Owners:
    """The owners of these records, deleted ones too, now and before what the batches changed."""
    owner = kind(name).owner
    if owner is None:
        return {}
    table, run = table_of(kind(name).table), session.connection().execute
    found: dict[int, set[int | None]] = defaultdict(set)
    for row in run(select(table.c.id, table.c[owner].label("owner")).where(table.c.id.in_(ids))):
        found[row.id].add(row.owner)
    logged = select(log.c.record_id, log.c.diff).where(*of_batches(batches, name, ids))
    for row in run(logged) if batches else ():
        found[row.record_id].update(row.diff.get(owner, ()))
    return {id: frozenset(owners) for id, owners in found.items()}


def ever_seen(actor: Principal, name: str, ids: Collection[int], owners: Owners) -> list[int]:
    """Those of the records that the actor may see, or might before."""
    if kind(name).owner is None or scope(actor, "read", name) == "all":
        return sorted(ids)
    return sorted(id for id in ids if any(decide(actor, "read", name, owner) for owner in owners.get(id, ())))
