"""The commands of an import: look at a file, run it in chunks, tell what was refused."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Refused
from crm_app.imports import runs
from crm_app.imports.chunk import Chunk
from crm_app.imports.columns import CUSTOM, Mapped, missing_required, places
from crm_app.imports.drafts import Drafter
from crm_app.imports.job import Job, open_job
from crm_app.imports.reading import Raw, read_rows
from crm_app.imports.recipes import Draft, kind_and_recipe
from crm_app.imports.report import Column, ImportReport, Inspection, RowError, Target
from crm_app.imports.uploads import keep_upload, save_upload

__all__ = [
    "KINDS",
    "import_file",
    "inspect",
    "inspect_file",
    "keep_upload",
    "refused_csv",
    "resume",
    "save_upload",
    "targets_of",
]

KINDS = ("users", "companies", "products", "people", "deals")
CHUNK_ROWS = 500
LEAST_ROWS = 50
CHUNK_SECONDS = 0.25
SAMPLES = 3
NO_COLUMN = "No column of this file is known. Is the first row a header, and is the delimiter one of , ; | or tab?"
Progress = Callable[[int, int], None]
refused_csv = runs.refused_csv


def targets_of(kind_name: str) -> list[Target]:
    """What a column of this kind can be, for a choice. Raises Refused for an unknown kind."""
    return [place.target for place in places(*kind_and_recipe(kind_name)).values()]


def inspect_file(actor: Principal, kind_name: str, path: Path, mapping: Mapping[str, Any] | None = None) -> Inspection:
    """What is in a file and how its columns are understood; nothing is written. Raises Forbidden, Refused."""
    job = open_job(actor, kind_name, Path(path), mapping=mapping)
    samples: dict[int, list[str]] = {c.index: [] for c in job.columns}
    rows = 0
    for raw in read_rows(job.source):
        rows += 1
        for index, seen in samples.items() if not raw.problem and rows <= CHUNK_ROWS else ():
            if len(seen) < SAMPLES and (text := raw.cells[index].strip()) and text not in seen:
                seen.append(text[:80])
    columns = [Column(c.header, c.target, _label(job, c), samples[c.index], c.is_guess) for c in job.columns]
    return Inspection(columns, job.source.encoding, job.source.delimiter, rows, _problems(job), job.source.notes)


inspect = inspect_file


def _label(job: Job, column: Mapped) -> str:
    if column.target == CUSTOM:
        return f"New field {column.header!r}"
    return job.places[column.target].target.label if column.target else ""


def _problems(job: Job) -> list[str]:
    if not any(c.target and c.target != CUSTOM for c in job.columns):
        return [NO_COLUMN]
    missing = missing_required(job.kind, job.recipe, job.columns)
    return [f"The file has no column for: {', '.join(missing)}."] if missing else []


def import_file(
    actor: Principal,
    kind_name: str,
    path: Path | str,
    *,
    mapping: Mapping[str, Any] | None = None,
    match: list[str] | None = None,
    mode: str = "both",
    dry_run: bool = False,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    file_name: str | None = None,
) -> ImportReport:
    """Load a file. What is wrong with the file as a whole stands in `problems`, what with a row in `errors`.

    `mapping` is header → field, "custom", "" to skip, or {"field", "scale"}. Raises Forbidden without the right.
    """
    began = time.perf_counter()
    path = Path(path)
    report = ImportReport(kind_name, file_name or path.name, dry_run=dry_run)
    try:
        job = open_job(actor, kind_name, path, mapping=mapping, match=match, mode=mode, dry_run=dry_run)
    except Refused as refusal:
        report.problems, report.status = [refusal.message], "refused"
        return report
    report.kind = job.kind.name
    report.notes += job.source.notes
    report.problems = _problems(job)
    report.total = sum(1 for _ in read_rows(job.source))
    if not report.total and not report.problems:
        report.problems = ["This file has a header, but no rows."]
    if not dry_run:
        options = {"mapping": dict(mapping or {}), "match": match, "mode": mode, "path": str(path.resolve())}
        db.write_sync(runs.begin, job, report, options)
    _run(job, report, progress, cancel)
    report.seconds = round(time.perf_counter() - began, 3)
    return report


def resume(
    actor: Principal, run_id: int, *, progress: Progress | None = None, cancel: Callable[[], bool] | None = None
) -> ImportReport:
    """Go on with a run that was broken off: rows that were dealt with stay as they are. Raises NotFound, Refused."""
    began = time.perf_counter()
    report, options = db.read_sync(runs.load, actor, run_id)
    job = open_job(
        actor,
        report.kind,
        Path(options["path"]),
        mapping=options["mapping"],
        match=options["match"],
        mode=options["mode"],
    )
    if runs.checksum(job.source.path) != options["sha256"]:
        raise Refused("The file has changed since; please import it again.")
    job.run_id, job.batch_id = run_id, report.batch_id
    report.unchanged, report.status = 0, "running"
    done = db.write_sync(runs.reopen, job)
    _run(job, report, progress, cancel, done)
    report.seconds = round(time.perf_counter() - began, 3)
    return report


def _run(
    job: Job,
    report: ImportReport,
    progress: Progress | None,
    cancel: Callable[[], bool] | None,
    done: frozenset[int] = frozenset(),
) -> None:
    """All rows in chunks; then those that waited for a row behind them."""
    drafter = Drafter(job.recipe, job.columns, job.places, job.custom_ids, job.currency, job.zone)
    report.unknown_columns = [c.header for c in job.columns if c.target == CUSTOM]
    tell = progress or (lambda _done, _total: None)
    report.status = "running"
    try:
        _settle(job, report, _all_rows(job, report, drafter, tell, cancel, done))
        report.status = "done" if report.status == "running" else report.status
    except BaseException:
        report.status = "failed"
        raise
    finally:
        report.also_created = dict(job.also_created)
        if job.run_id is not None:
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


def _settle(job: Job, report: ImportReport, waiting: list[Draft]) -> None:
    """Rows that refer to rows of the same file: as long as that helps any of them; then the rest is refused."""
    while waiting and report.status == "running":
        before = len(waiting)
        parts = [waiting[i : i + CHUNK_ROWS] for i in range(0, before, CHUNK_ROWS)]
        waiting = list(chain.from_iterable(_apply(job, report, part, {}) for part in parts))
        if len(waiting) == before:
            for start in range(0, before, CHUNK_ROWS):
                _apply(job, report, waiting[start : start + CHUNK_ROWS], {}, last_try=True)
            return


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


class _Tried(Exception):
    """Ends the transaction of a dry run."""


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
        if job.dry_run:
            runs.open_trial(session, job)
        chunk = Chunk(session, job, last_try=last_try, refused=dict(refused))
        chunks.append(chunk)
        chunk.run(drafts)
        runs.add(job, report, chunk)
        if job.dry_run:
            raise _Tried

    with suppress(_Tried):
        db.write_sync(work)
    if job.dry_run:
        job.forget()
    held = chunks[-1].held
    for draft in held:
        draft.values = {k: v for k, v in draft.values.items() if k not in draft.names}
    report.errors += [RowError(n, reason, raw) for n, (reason, raw) in sorted(chunks[-1].refused.items())]
    return held
