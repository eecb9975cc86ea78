"""Past runs: listed, looked at again, and taken back."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, Refused
from crm_app.core.reader import numeral
from crm_app.identity.policy import decide, visible
from crm_app.imports.report import ImportReport, RowError
from crm_app.imports.runs import load, readable
from crm_app.records.bulk import (
    BulkProgress,
    cancel_bulk,
    list_refusals,
    reopen_undo,
    run_bulk,
    start_undo,
    taken_back,
)
from crm_app.tables import ChangeLog, ImportRowError, ImportRun, User

SHOWN_RUNS, SHOWN_KEPT, SHOWN_ERRORS = 50, 100, 100
QUIET = timedelta(minutes=1)  # a run that has written nothing for so long was broken off
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PastRun:
    """One line of the list; `can_resume` and `can_undo` are what its reader may do with it now."""

    id: int
    kind: str
    file_name: str
    who: str
    started_at: datetime
    status: str
    total: int
    created: int
    updated: int
    unchanged: int
    refused: int
    can_resume: bool
    can_undo: bool


@dataclass
class UndoReport:
    """What an undo of a run did: log rows looked at, and what had to stay, with the reason."""

    run_id: int
    file: str
    total: int = 0
    done: int = 0
    kept_count: int = 0
    kept: tuple[str, ...] = ()
    status: str = "done"

    @property
    def ok(self) -> bool:
        """Everything is as it was before the run."""
        return self.status == "done" and not self.kept_count

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self) | {"ok": self.ok}

    def __str__(self) -> str:
        lines = [
            f"{self.file}: {numeral(self.done)} of {numeral(self.total)} changes looked at, "
            f"{numeral(self.kept_count)} had to stay"
        ]
        return "\n".join([*lines, *(f"  {line}" for line in self.kept)])


def list_runs(session: Session, actor: Principal) -> list[PastRun]:
    """The latest runs that the actor may see, newest first."""
    query = (
        select(ImportRun, table_of(User).c.name)
        .outerjoin(User, table_of(User).c.id == table_of(ImportRun).c.user_id)
        .where(visible(actor, "import", table_of(ImportRun).c.user_id))
        .order_by(table_of(ImportRun).c.started_at.desc(), table_of(ImportRun).c.id.desc())
        .limit(SHOWN_RUNS)
    )
    return [_past(session, actor, run, name or "Kith") for run, name in session.execute(query)]


def _past(session: Session, actor: Principal, run: ImportRun, who: str) -> PastRun:
    mine = decide(actor, "edit", "import", run.user_id).allowed
    status = status_now(session, run)
    return PastRun(
        id=run.id,
        kind=run.kind,
        file_name=run.file_name,
        who=who,
        started_at=run.started_at,
        status=status,
        total=run.total,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        refused=run.refused,
        can_resume=mine and status in ("broken off", "cancelled", "failed"),
        can_undo=mine and status not in ("running", "undone") and bool(run.created + run.updated),
    )


def status_now(session: Session, run: ImportRun) -> str:
    """The status, where a run whose process died is not taken for one that goes on."""
    if run.batch_id and taken_back(session, [run.batch_id]):
        return "undone"  # also by a run that was begun elsewhere, or finished after its process had died
    if run.status != "running":
        return run.status
    log = table_of(ChangeLog)
    last = session.execute(
        select(log.c.recorded_at).where(log.c.batch_id == run.batch_id).order_by(log.c.seq.desc()).limit(1)
    ).scalar()
    return "broken off" if now() - (last or run.started_at) > QUIET else "running"


def report_of(session: Session, actor: Principal, run_id: int) -> ImportReport:
    """The report of a past run with its first refused rows. Raises NotFound."""
    report, _ = load(session, actor, run_id)
    table = table_of(ImportRowError)
    query = select(table.c.row_no, table.c.reason, table.c.raw).where(table.c.run_id == run_id)
    rows = session.execute(query.order_by(table.c.row_no).limit(SHOWN_ERRORS))
    report.errors = [RowError(*row) for row in rows]
    report.status = status_now(session, readable(session, actor, run_id))
    return report


def undo_run(
    actor: Principal, run_id: int, *, progress: Progress | None = None, cancel: Callable[[], bool] | None = None
) -> UndoReport:
    """Take back what a run did, as a bulk run: newest first, in one batch; can be called again to go on.

    What was changed since, what others depend on and what the actor may not change stays and is listed.
    Raises NotFound, Forbidden; Refused while the run goes on or when it was undone.
    """
    report, bulk_id = db.write_sync(_open_undo, actor, run_id)

    def tell(at: BulkProgress) -> None:
        if progress:
            progress(at.done, at.total)

    at = run_bulk(bulk_id, tell, cancel or (lambda: False))
    if not at.is_over:
        at = db.write_sync(cancel_bulk, actor, bulk_id)
    refusals = db.read_sync(list_refusals, actor, bulk_id, SHOWN_KEPT)
    report.total, report.done, report.kept_count = at.total, at.done, at.refused
    report.kept = tuple(f"{kind(r.kind).label} {r.title}: {r.reason}" for r in refusals)
    report.status = at.status
    if at.status == "done":
        db.write_sync(_mark, run_id, "undone")
    return report


def _open_undo(session: Session, actor: Principal, run_id: int) -> tuple[UndoReport, int]:
    run = readable(session, actor, run_id)
    verdict = decide(actor, "edit", "import", run.user_id)
    if not verdict.allowed:
        raise Forbidden(verdict.why)
    status = status_now(session, run)
    if status in ("running", "undone") or run.batch_id is None:
        raise Refused("This import is still running." if status == "running" else "This import was undone already.")
    _mark(session, run_id, "undoing")
    bulk_id = reopen_undo(session, actor, run.batch_id) or start_undo(session, actor, run.batch_id, note=run.file_name)
    return UndoReport(run_id, run.file_name), bulk_id


def _mark(session: Session, run_id: int, status: str) -> None:
    table = table_of(ImportRun)
    session.connection().execute(update(table).where(table.c.id == run_id).values(status=status, finished_at=now()))
