"""Merge: one batch, all or nothing; very large ones are a run of the same batch. Commands, they never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many, kind
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.kinds import MERGED, Row
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Refused
from crm_app.duplicates.merge.checking import MERGE, locked_rows
from crm_app.duplicates.merge.joining import merged_fields, names_of, proposals, survivor_change
from crm_app.duplicates.merge.moving import SOURCE, counts, moves
from crm_app.duplicates.merge.rules import AT_ONCE
from crm_app.records.bulk import open_run
from crm_app.tables import BulkRun


@dataclass(frozen=True)
class Merged:
    """What a merge made; with `run_id` it goes on as a run."""

    kind: str
    survivor: int
    batch_id: int
    moved: int = 0
    run_id: int = 0


def merge_records(
    session: Session,
    actor: Principal,
    name: str,
    survivor: int,
    losers: Sequence[int],
    chosen: Mapping[str, int] | None = None,
    *,
    versions: Mapping[int, int] | None = None,
) -> Merged:
    """The losers become part of the survivor; `chosen` says for a field whose value stays, else the proposed one does.

    `versions` are those that the actor saw. Raises Refused, NotFound or Forbidden; then nothing has changed.
    """
    rows = locked_rows(session, actor, name, survivor, losers, versions)
    picked = _picked(session, name, rows, survivor, chosen or {})
    note = f"Merged {names_of(kind(name), rows, losers)} into {names_of(kind(name), rows, [survivor])}"[:500]
    if sum(counts(session, name, losers).values()) > AT_ONCE:
        survivor_change(session, name, rows, survivor, picked)  # what stands in the way is said now
        return _as_run(session, actor, Merged(name, survivor, 0), losers, picked, note)
    changes = moves(session, name, survivor, losers)
    batch = open_batch(session, actor, SOURCE, note=note)
    apply_many(
        session,
        trusted(actor),
        [*changes, *ending(session, name, rows, survivor, picked)],
        source=SOURCE,
        batch_id=batch,
    )
    return Merged(name, survivor, batch, len(changes))


def trusted(actor: Principal) -> Principal:
    """Rights were asked for the merge as a whole: what it moves may belong to others, and follows of itself."""
    return replace(actor, system=True)


def _picked(
    session: Session, name: str, rows: Mapping[int, Row], survivor: int, chosen: Mapping[str, int]
) -> dict[str, int]:
    """Whose value every field takes. Raises Refused for a field or a record that is not among them."""
    proposed = proposals(session, name, rows, survivor)
    for field, id in chosen.items():
        if field not in proposed or id not in rows:
            raise Refused(f"There is no {field!r} to choose here. Please look at the page again.")
    return proposed | dict(chosen)


def ending(
    session: Session, name: str, rows: Mapping[int, Row], survivor: int, picked: Mapping[str, int]
) -> list[Change]:
    """The survivor as it will be, and the tombstones that lead to it."""
    change = survivor_change(session, name, rows, survivor, _still_there(session, name, rows, survivor, picked))
    gone = [Change(name, id, {MERGED: survivor}, op="delete") for id in rows if id != survivor]
    return [*([change] if change.set else []), *gone]


def _still_there(
    session: Session, name: str, rows: Mapping[int, Row], survivor: int, picked: Mapping[str, int]
) -> dict[str, int]:
    """Without references to what was deleted since: such a value cannot be taken over."""
    found = dict(picked)
    for field in (f for f in merged_fields(kind(name)) if f.ref):
        value = rows[picked[field.name]][field.name] if field.name in picked else None
        table = table_of(kind(field.ref).table)
        there = select(table.c.id).where(table.c.id == value, table.c.deleted_at.is_(None))
        if value is not None and session.connection().execute(there).first() is None:
            found[field.name] = survivor
    return found


def _as_run(
    session: Session, actor: Principal, wanted: Merged, losers: Sequence[int], picked: Mapping[str, int], note: str
) -> Merged:
    total = sum(counts(session, wanted.kind, losers).values())
    values = {"survivor": wanted.survivor, "losers": list(losers), "chosen": dict(picked)}
    run_id = open_run(session, actor, MERGE, wanted.kind, total=total, set_values=values, note=note)
    run = session.get(BulkRun, run_id)
    assert run is not None
    return replace(wanted, batch_id=run.batch_id, moved=total, run_id=run_id)
