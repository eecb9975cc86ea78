"""A job from its first row to its last: chunks, one transaction each, and rows that wait for others."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain

from sqlmodel import Session

from crm_app.core import db
from crm_app.imports import runs
from crm_app.imports.chunk import Chunk
from crm_app.imports.drafts import Drafter
from crm_app.imports.job import Job
from crm_app.imports.reading import Raw, read_rows
from crm_app.imports.recipes import Draft
from crm_app.imports.report import ImportReport, RowError

CHUNK_ROWS = 500
LEAST_ROWS = 50
CHUNK_SECONDS = 0.25
MOST_LEVELS = 100  # of rows that wait for one another, each a pass over all that wait; companies show half as many
MOST_ERRORS = 10_000  # in memory; the rest is with the run
Progress = Callable[[int, int], None]


def run_job(
    job: Job,
    report: ImportReport,
    progress: Progress | None,
    cancel: Callable[[], bool] | None,
    done: frozenset[int] = frozenset(),
) -> None:
    """All rows in chunks; then those that waited for a row behind them."""
    drafter = Drafter(job.recipe, job.columns, job.places, job.custom_ids, job.currency, job.zone)
    tell = progress or (lambda _done, _total: None)
    report.status = "running"
    try:
        _settle(job, report, _all_rows(job, report, drafter, tell, cancel, done), cancel)
        report.status = "done" if report.status == "running" else report.status
    except BaseException:
        report.status = "failed"
        raise
    finally:
        if job.run_id is None:
            report.also_created = dict(job.also_created)
        else:
            db.write_sync(runs.finish, job, report)
    if report.status == "done":
        tell(report.total, report.total)


def _all_rows(
    job: Job,
    report: ImportReport,
    drafter: Drafter,
    tell: Progress,
    cancel: Callable[[], bool] | None,
    done: frozenset[int],
) -> list[Draft]:
    """The rows of the file in chunks; answers with those that wait for a row behind them."""
    rows: Iterator[Raw] = (r for r in read_rows(job.source) if r.row_no not in done)
    waiting: list[Draft] = []
    handled, size = len(done), CHUNK_ROWS
    while True:
        part = [raw for _, raw in zip(range(size), rows, strict=False)]
        if not part:
            return waiting
        if cancel and cancel():
            report.status = "cancelled"
            return waiting
        start = time.perf_counter()
        with _no_collection():
            waiting += _chunk(job, report, drafter, part)
        size = _next_size(size, time.perf_counter() - start)
        handled += len(part)
        tell(handled - len(waiting), report.total)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A chunk makes very many short-lived values and no cycles; looking for cycles meanwhile costs a seventh."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _next_size(size: int, seconds: float) -> int:
    """Chunks take about a quarter of a second, so that nobody waits behind an import."""
    return min(CHUNK_ROWS, max(LEAST_ROWS, int(size * CHUNK_SECONDS / max(seconds, 0.001))))


def _settle(job: Job, report: ImportReport, waiting: list[Draft], cancel: Callable[[], bool] | None) -> None:
    """Rows that refer to rows of the same file: as long as that helps any of them; then the rest is refused."""
    for _ in range(MOST_LEVELS):
        if not waiting or report.status != "running":
            return
        if cancel and cancel():
            report.status = "cancelled"
            return
        before = len(waiting)
        waiting = list(chain.from_iterable(_apply(job, report, part, {}) for part in _parts(waiting)))
        if len(waiting) == before:
            break
    for part in _parts(waiting):
        _apply(job, report, part, {}, last_try=True)


def _parts(waiting: list[Draft]) -> list[list[Draft]]:
    return [waiting[start : start + CHUNK_ROWS] for start in range(0, len(waiting), CHUNK_ROWS)]


def _chunk(job: Job, report: ImportReport, drafter: Drafter, rows: list[Raw]) -> list[Draft]:
    refused: dict[int, tuple[str, list[str]]] = {}
    drafts: list[Draft] = []
    for raw in rows:
        try:
            if raw.problem or report.problems:
                raise ValueError(raw.problem or report.problems[0])
            drafts.append(drafter.draft(raw.row_no, raw.cells))
        except ValueError as error:
            refused[raw.row_no] = (str(error), raw.cells)
    return _apply(job, report, drafts, refused)


def _apply(
    job: Job,
    report: ImportReport,
    drafts: list[Draft],
    refused: dict[int, tuple[str, list[str]]],
    *,
    last_try: bool = False,
) -> list[Draft]:
    """One transaction; answers with the rows that must wait."""
    chunks: list[Chunk] = []

    def work(session: Session) -> None:
        job.renew(session)
        if job.dry_run:
            runs.open_trial(session, job)
        chunk = Chunk(session, job, last_try=last_try, refused=dict(refused))
        chunks.append(chunk)
        chunk.run(drafts)
        runs.add(job, report, chunk)
        if job.dry_run:
            raise runs.TrialOver

    with suppress(runs.TrialOver):
        db.write_sync(work)
    chunks[-1].missing.settle()
    if job.dry_run:
        job.forget()
    held = chunks[-1].held
    for draft in held:
        draft.values = {k: v for k, v in draft.values.items() if k not in draft.names}
    room = MOST_ERRORS - len(report.errors)
    report.errors += [RowError(n, reason, raw) for n, (reason, raw) in sorted(chunks[-1].refused.items())[:room]]
    return held
