"""`apply_many`: authorise, validate, check versions, write, log, and put work into the outbox."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import outbox
from crm_app.core.changes.change import Applied, Change, Context
from crm_app.core.changes.children import split_key
from crm_app.core.changes.deletes import Refuse, with_dependents
from crm_app.core.changes.kinds import hooks, kind
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.step import Step
from crm_app.core.changes.values import encoded
from crm_app.core.changes.working import WorkingSet, table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.errors import KithError, Refused
from crm_app.core.pretence import DEMO, pretended
from crm_app.core.rows import insert_rows


def apply(session: Session, actor: Principal, change: Change, *, source: str = "form", note: str = "") -> Applied:
    """One change in a batch of its own."""
    return apply_many(session, actor, [change], source=source, note=note)[0]


def apply_many(
    session: Session,
    actor: Principal,
    changes: Sequence[Change],
    *,
    source: str = "form",
    batch_id: int | None = None,
    note: str = "",
    undoes: int | None = None,
    on_refused: Refuse | None = None,
) -> list[Applied]:
    """Apply changes in order, in the caller's transaction; all of them, or none.

    With `on_refused` a change that does not hold is reported there and left out, the others go on. Raises Forbidden,
    NotFound, Invalid, Conflict or Refused otherwise. Answers with one `Applied` for every change that was made or
    needed nothing, and for those that a delete brought along.
    """
    if not changes:
        return []
    for name in {c.kind for c in changes}:
        kind(name)
    row_no = None if batch_id is not None else 1
    if batch_id is None:
        batch_id = open_batch(session, actor, source, note=note, undoes=undoes)
    working = WorkingSet(session)
    context = Context(session, actor, source, batch_id, now(), working)
    changes, let_go = with_dependents(session, actor, changes, on_refused)
    _load(session, working, changes)
    log = _take_all(Step(context, working, let_go), changes, on_refused, row_no)
    _write(context, working, log)
    return context.applied


def _take_all(
    step: Step, changes: Sequence[Change], on_refused: Refuse | None, row_no: int | None
) -> list[dict[str, Any]]:
    """Every change against the working set; answers with the rows for the log. `row_no` is the first of a new batch."""
    context = step.context
    step.prefetch(changes)
    log = []
    row_no = _next_row(context.session, context.batch_id) if row_no is None else row_no
    for change in changes:
        try:
            done = step.take(change)
        except KithError as error:
            if on_refused is None or step.is_relied_on(change):
                raise
            on_refused(change, error)
            continue
        context.applied.append(done)
        if done.diff or done.op in ("create", "delete", "restore"):
            number = change.row_no if change.row_no is not None else row_no
            row_no = max(row_no, number) + 1
            log.append(_log_row(context, change, done, number))
    return log


def open_batch(session: Session, actor: Principal, source: str, *, note: str = "", undoes: int | None = None) -> int:
    """A new batch; what is applied under it is undone together."""
    batch_id = allocate_ids(session, 1)[0]
    source = DEMO if pretended() else source
    row = {"id": batch_id, "recorded_at": now(), "actor_id": actor.id, "source": source, "note": note, "undoes": undoes}
    insert_rows(session, table_of(ChangeBatch), [row])
    return batch_id


def _next_row(session: Session, batch_id: int) -> int:
    table = table_of(ChangeLog)
    last = session.connection().execute(select(func.max(table.c.row_no)).where(table.c.batch_id == batch_id)).scalar()
    return 1 if last is None else last + 1


def _load(session: Session, working: WorkingSet, changes: Sequence[Change]) -> None:
    ids: dict[str, list[int]] = defaultdict(list)
    touched: dict[tuple[str, str], list[int]] = defaultdict(list)
    for change in changes:
        if change.op == "create" or change.id is None:
            continue
        ids[change.kind].append(change.id)
        known = kind(change.kind).child_by_name
        for name in {split_key(key)[0] for key in change.set} & set(known):
            touched[change.kind, name].append(change.id)
    for name, wanted in ids.items():
        working.load(kind(name), wanted)
    for (name, child), wanted in touched.items():
        found = [i for i in wanted if working.get(name, i)]
        working.load_children(kind(name), kind(name).child_by_name[child], found)


def _log_row(context: Context, change: Change, done: Applied, row_no: int) -> dict[str, Any]:
    return {
        "batch_id": context.batch_id,
        "row_no": row_no,
        "recorded_at": context.recorded_at,
        "effective_at": change.effective_at or context.recorded_at,
        "actor_id": context.actor.id,
        "source": context.source,
        "kind": done.kind,
        "record_id": done.id,
        "op": done.op,
        "version": done.version,
        "diff": encoded(kind(done.kind).table, done.diff),
        "undoes": change.undoes,
    }


def _write(context: Context, working: WorkingSet, log: list[dict[str, Any]]) -> None:
    if not log:
        return
    try:
        working.flush()
    except IntegrityError as error:  # somebody else was faster; the checks before saw nothing
        raise Refused("Somebody else saved the same, or removed what this points to. Please look again.") from error
    insert_rows(context.session, table_of(ChangeLog), log)
    for hook in hooks():
        hook(context, context.applied)
    touched: dict[str, list[int]] = defaultdict(list)
    fields: dict[str, set[str]] = defaultdict(set)
    for row in log:
        touched[row["kind"]].append(row["record_id"])
        fields[row["kind"]].update(row["diff"])
    for name, ids in touched.items():
        told = {"kind": name, "ids": list(dict.fromkeys(ids)), "fields": sorted(fields[name])}
        outbox.put(context.session, "records", {**told, "batch": context.batch_id})
