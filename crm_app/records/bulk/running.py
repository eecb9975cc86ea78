"""Carry a run on: one portion a transaction, none longer than a quarter of a second, nothing twice."""

import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import insert
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many, outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import KithError, NotFound, Refused
from crm_app.identity.acting import acting
from crm_app.records.bulk.portions import Portion, op_of
from crm_app.records.bulk.progress import BulkProgress, progress_of
from crm_app.tables import BulkRow, BulkRun

MOST_ROWS, FIRST_ROWS, LEAST_ROWS = 500, 100, 20  # of the first nobody knows how long it takes
PORTION_SECONDS = 0.1  # others wait for at most one portion on SQLite
BREATH_SECONDS = 0.01  # so that a writer who waits for SQLite's lock gets it before the next portion
Tell = Callable[[BulkProgress], None]


def run_bulk(run_id: int, tell: Tell | None = None, stop: Callable[[], bool] = lambda: False) -> BulkProgress:
    """Until the run is over or `stop` says so. Several may do this at once: the run's row is locked meanwhile."""
    size, skip = min(FIRST_ROWS, MOST_ROWS), ""
    while True:
        began = time.perf_counter()
        try:
            progress = db.write_sync(carry_on, run_id, size, skip)
        except NotFound:
            raise
        except KithError as error:  # somebody was faster, or these do not go together: row by row, then without it
            size, skip = 1, error.message if size == 1 else ""
            continue
        size, skip = _next_size(size, time.perf_counter() - began), ""
        if tell:
            tell(progress)
        if progress.is_over or stop():
            return progress
        time.sleep(BREATH_SECONDS)


def _next_size(size: int, seconds: float) -> int:
    return min(MOST_ROWS, max(LEAST_ROWS, int(size * PORTION_SECONDS / max(seconds, 0.001))))


def carry_on(session: Session, run_id: int, limit: int, skip: str = "") -> BulkProgress:
    """One portion, or its refusal for the reason `skip`. The numbers are part of the same transaction."""
    run = session.get(BulkRun, run_id, with_for_update=True)
    if run is None:
        raise NotFound("There is no such run.")
    if run.status != "running":
        return progress_of(run)
    actor = acting(session, run.user_id)
    if actor is None:
        return _close(session, run, "cancelled", "Whoever began this can no longer sign in.")
    op, source = op_of(run)
    portion = op(session, actor, run, limit)
    if skip:
        portion.left += [(c.kind, c.id or 0, skip) for c in portion.changes]
        portion.changes = []
    changed = _apply(session, actor, run, portion, source)
    _count(session, run, portion, changed | set(portion.made))
    return _close(session, run, "done") if portion.is_last else progress_of(run)


def _apply(session: Session, actor: Principal, run: BulkRun, portion: Portion, source: str) -> set[tuple[str, int]]:
    """The records that were changed; what is refused is added to the portion."""

    def on_refused(change: Change, error: KithError) -> None:
        items = f" ({'; '.join(error.items)})" if isinstance(error, Refused) and error.items else ""
        portion.left.append((change.kind, change.id or 0, error.message + items))

    done = apply_many(
        session,
        replace(actor, system=True) if portion.trusted else actor,
        portion.changes,
        source=source,
        batch_id=run.batch_id,
        on_refused=None if portion.whole else on_refused,
    )
    return {(c.kind, c.id or 0) for c in portion.changes} & {(a.kind, a.id) for a in done if a.diff}


def _count(session: Session, run: BulkRun, portion: Portion, changed: set[tuple[str, int]]) -> None:
    left: dict[tuple[str, int], list[str]] = {}
    for kind, id, reason in portion.left:
        left.setdefault((kind, id), []).append(reason)
    rows = [
        {"run_id": run.id, "row_no": -run.refused - n, "kind": kind, "record_id": id, "reason": " ".join(reasons)}
        for n, ((kind, id), reasons) in enumerate(left.items(), 1)
    ]
    if rows:
        session.connection().execute(insert(table_of(BulkRow)), rows)
    run.changed += len(changed)
    run.refused += len(left)
    run.unchanged += max(0, portion.rows - len(changed | left.keys()))
    run.done += portion.rows
    run.cursor = portion.cursor
    session.flush()


def _close(session: Session, run: BulkRun, status: str, error: str = "") -> BulkProgress:
    run.status, run.error, run.finished_at = status, error, now()
    session.flush()
    outbox.put(session, "runs", {"run": run.id})
    return progress_of(run)
