"""Two again: a merge taken back field by field, and what was added since, which stays unless told otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, Undone, apply_many, kind
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.kinds import MERGED, Row
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.undo import Kept, first_run, inverse
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import KithError, NotFound, Refused
from crm_app.core.reader import long_day
from crm_app.duplicates.merge.agreeing import agreeing
from crm_app.duplicates.merge.checking import UNMERGE, allowed, not_running
from crm_app.duplicates.merge.giving import given_back
from crm_app.duplicates.merge.joining import part_rows
from crm_app.duplicates.merge.rules import AT_ONCE, UNDO_DAYS, may_still_undo
from crm_app.duplicates.merge.service import trusted
from crm_app.identity.policy import decide
from crm_app.records.bulk import open_run
from crm_app.tables import BulkRun

log, batch = table_of(ChangeLog), table_of(ChangeBatch)


@dataclass(frozen=True)
class Merge:
    """A merge as the log has it."""

    batch_id: int
    kind: str
    survivor: int
    losers: tuple[int, ...]
    made_at: Any
    last_seq: int
    rows: int


@dataclass(frozen=True)
class Unmerged:
    """What came of it; with `run_id` it goes on as a run."""

    undone: Undone
    merge: Merge
    run_id: int = 0


def merge_of(session: Session, batch_id: int) -> Merge | None:
    """The merge that this batch made; None for any other batch."""
    run = session.connection().execute
    query = select(log.c.kind, log.c.record_id, log.c.diff).where(log.c.batch_id == batch_id, log.c.op == "delete")
    gone = [row for row in run(query.order_by(log.c.seq)) if (row.diff.get(MERGED) or [None, None])[1] is not None]
    if not gone:
        return None
    made_at = run(select(batch.c.recorded_at).where(batch.c.id == batch_id)).scalar_one()
    last, rows = run(select(func.max(log.c.seq), func.count()).where(log.c.batch_id == batch_id)).one()
    losers = tuple(row.record_id for row in gone)
    return Merge(batch_id, gone[0].kind, gone[0].diff[MERGED][1], losers, made_at, last, rows)


def unmerge(session: Session, actor: Principal, batch_id: int, give: Mapping[str, int] | None = None) -> Unmerged:
    """Take a merge back. What was added since stays with the survivor, but for what `give` sends to a loser.

    Raises NotFound for what is no merge, Refused in plain words after 90 days or where something stands in the way,
    and Forbidden.
    """
    merge = merge_of(session, batch_id)
    if merge is None:
        raise NotFound("This was not a merge.")
    checked(session, actor, merge)
    if wrong := set((give or {}).values()) - set(merge.losers):
        raise Refused(f"There is no record {min(wrong)} to give something to.")
    if merge.rows > AT_ONCE:
        return _as_run(session, actor, merge, give or {})
    new_batch = open_batch(session, actor, "undo", undoes=batch_id)
    kept: list[Kept] = []
    restored = take_back(session, actor, merge, new_batch, kept)
    restored += hand_over(session, actor, merge, give or {}, new_batch)
    return Unmerged(Undone(new_batch, restored, [str(k) for k in kept]), merge)


def checked(session: Session, actor: Principal, merge: Merge, *, run_id: int = 0, lock: bool = True) -> dict[int, Row]:
    """The records of a merge that may be taken back by this actor, locked. Raises Refused, NotFound or Forbidden."""
    known = kind(merge.kind)
    if not may_still_undo(merge.made_at, now()):
        made = merge.made_at.astimezone(ZoneInfo(actor.zone))
        raise Refused(
            f"This merge was made on {long_day(made)}, and a merge can be undone for "
            f"{UNDO_DAYS} days. Both records stay one."
        )
    table = table_of(known.table)
    query = select(table).where(table.c.id.in_([merge.survivor, *merge.losers])).order_by(table.c.id)
    query = query.with_for_update() if lock else query
    rows = {r["id"]: dict(r) for r in session.connection().execute(query).mappings()}
    own = rows[merge.survivor]
    title = str(own[known.title])
    if not decide(actor, "read", known.name, own.get(known.owner or ""), record_id=own["id"]).allowed:
        raise NotFound
    if own["deleted_at"] is not None:
        went = "merged into another record" if own[MERGED] else "deleted"
        raise Refused(f"{title} was {went} since. Take that back first.")
    for loser in merge.losers:
        if rows[loser]["deleted_at"] is None or rows[loser][MERGED] != merge.survivor:
            raise Refused("This merge was taken back already.")
    for id, row in rows.items():
        allowed(actor, known, row, loser=id != merge.survivor)
    not_running(session, list(rows), run_id)
    return rows


def take_back(session: Session, actor: Principal, merge: Merge, new_batch: int, kept: list[Kept]) -> int:
    """Every difference of the merge, newest first; how many values came back."""
    query = select(log).where(log.c.batch_id == merge.batch_id).order_by(log.c.seq.desc())
    rows: list[Any] = list(session.connection().execute(query).mappings())
    restored = 0
    while rows:
        group = first_run(rows, AT_ONCE)
        restored += undo_rows(session, actor, merge, group, new_batch, kept)
        rows = rows[len(group) :]
    return restored


def undo_rows(
    session: Session, actor: Principal, merge: Merge, rows: Sequence[Any], new_batch: int, kept: list[Kept]
) -> int:
    """These differences; what a record refuses since, such as a quote that was sent, stays and is told."""

    def on_refused(change: Change, error: KithError) -> None:
        if change.kind == merge.kind and change.id in (merge.survivor, *merge.losers):
            raise error
        kept.append(Kept(change.kind, change.id or 0, kind(change.kind).label, error.message))

    changes = inverse(session, rows, kept, same_parts=True)
    changes = first_again(session, merge.kind, merge.survivor, changes)
    changes = agreeing(session, merge.kind, merge.survivor, rows, changes, kept)
    done = apply_many(session, trusted(actor), changes, source="undo", batch_id=new_batch, on_refused=on_refused)
    return sum(len(a.diff) for a in done)


def first_again(session: Session, name: str, survivor: int, changes: list[Change]) -> list[Change]:
    """Where the primary one of the survivor's e-mails or phones goes with whom it came from, the next one is it."""
    found = []
    for change in changes:
        values = dict(change.set)
        for children in kind(name).children if (change.kind, change.id) == (name, survivor) else ():
            gone = {k.partition(".")[2] for k, v in values.items() if v is None and k.startswith(f"{children.name}.")}
            if children.settle is not None or "is_primary" not in children.by_name or not gone:
                continue
            rows = part_rows(session, children, [survivor])[survivor]
            stay = [row for row in rows if str(row["id"]) not in gone]
            if stay and any(row["is_primary"] for row in rows) and not any(row["is_primary"] for row in stay):
                key = f"{children.name}.{stay[0]['id']}"
                values.setdefault(key, {n: stay[0][n] for n in (*children.by_name, "position")} | {"is_primary": True})
        found.append(replace(change, set=values))
    return found


def hand_over(session: Session, actor: Principal, merge: Merge, give: Mapping[str, int], new_batch: int) -> int:
    """What was added since and goes with one that comes back."""
    changes = given_back(session, merge.kind, merge.survivor, give)
    return len(apply_many(session, trusted(actor), changes, source="undo", batch_id=new_batch))


def _as_run(session: Session, actor: Principal, merge: Merge, give: Mapping[str, int]) -> Unmerged:
    values = {"survivor": merge.survivor, "losers": list(merge.losers), "give": dict(give)}
    query = select(func.min(log.c.seq)).where(log.c.batch_id == merge.batch_id)
    values["first"] = session.connection().execute(query).scalar_one()
    run_id = open_run(
        session,
        actor,
        UNMERGE,
        merge.kind,
        total=merge.rows,
        cursor=merge.last_seq,
        set_values=values,
        undoes=merge.batch_id,
        note="Merge taken back",
    )
    run = session.get(BulkRun, run_id)
    assert run is not None
    return Unmerged(Undone(run.batch_id, merge.rows, []), merge, run_id)
