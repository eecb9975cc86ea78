"""The commands of an import: look at a file, run it in chunks, tell what was refused."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden, KithError, Refused
from crm_app.identity.policy import decide
from crm_app.imports import runs
from crm_app.imports.absent import count_absent
from crm_app.imports.columns import ASK, CUSTOM, SKIP, Mapped, is_writable, missing_required, places, undecided
from crm_app.imports.job import Job, open_job
from crm_app.imports.missing import COMPANY
from crm_app.imports.reading import read_rows
from crm_app.imports.recipes import kind_and_recipe
from crm_app.imports.references import most, own_domain
from crm_app.imports.report import Absent, Column, ImportReport, Inspection, Target
from crm_app.imports.running import Progress, run_job
from crm_app.imports.uploads import keep_upload, save_upload
from crm_app.records.custom.definitions import definitions

__all__ = [
    "KINDS",
    "compares",
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
SAMPLES, SAMPLE_ROWS = 3, 500
NO_COLUMN = "No column of this file is known. Is the first row a header, and is the delimiter one of , ; | or tab?"
refused_csv = runs.refused_csv


def targets_of(kind_name: str) -> list[Target]:
    """What a column of this kind can be, for a choice. Raises Refused for an unknown kind."""
    kind, recipe = kind_and_recipe(kind_name)
    custom = db.read_sync(definitions, kind.name).values()
    return [p.target for p in places(kind, recipe, custom).values() if is_writable(p)]


def compares(kind_name: str) -> bool:
    """Whether rows of this kind can be known again by their likeness. Raises Refused for an unknown kind."""
    return bool(kind_and_recipe(kind_name)[0].likeness)


def inspect_file(actor: Principal, kind_name: str, path: Path, mapping: Mapping[str, Any] | None = None) -> Inspection:
    """What is in a file and how its columns are understood; nothing is written. Raises Forbidden, Refused."""
    job = open_job(actor, kind_name, Path(path), mapping=mapping)
    samples: dict[int, list[str]] = {c.index: [] for c in job.columns}
    rows, named = 0, dict[str, Counter[str]]()
    firms = [c.index for c in job.columns if _names_companies(job, c)]
    address = next((c.index for c in job.columns if c.target == "emails.value"), None)
    for raw in read_rows(job.source):
        rows += 1
        for name in {raw.cells[index].strip() for index in firms if not raw.problem} - {""}:
            named.setdefault(name, Counter())[own_domain(raw.cells[address]) if address is not None else ""] += 1
        for index, seen in samples.items() if not raw.problem and rows <= SAMPLE_ROWS else ():
            if len(seen) < SAMPLES and (text := raw.cells[index].strip()) and text not in seen:
                seen.append(text[:80])
    columns = [Column(c.header, c.target, _label(job, c), samples[c.index], c.is_guess) for c in job.columns]
    domains = {name: most(seen) for name, seen in named.items()}
    absent = db.read_sync(count_absent, actor, domains) if domains else Absent()
    return Inspection(
        columns, job.source.encoding, job.source.delimiter, rows, _problems(job), job.source.notes, absent
    )


inspect = inspect_file


def likeliest_kind(actor: Principal, path: Path, chosen: str) -> str:
    """The kind of which a file has most columns; `chosen` where none has more, or the file cannot be read."""
    known: dict[str, int] = {}
    for name in (chosen, *KINDS):
        try:
            job = open_job(actor, name, path)
        except KithError:
            continue
        lacks = missing_required(job.kind, job.recipe, job.columns)
        known[name] = 0 if lacks else sum(c.target not in (SKIP, ASK, CUSTOM) for c in job.columns)
    return max(known, key=known.__getitem__, default=chosen)


def _names_companies(job: Job, column: Mapped) -> bool:
    """Companies that an import could make; those that companies belong to are rows of the file themselves."""
    place = job.places.get(column.target)
    return job.kind.name != COMPANY and place is not None and place.field is not None and place.field.ref == COMPANY


def _label(job: Job, column: Mapped) -> str:
    if column.target == CUSTOM:
        return f"New field {column.header!r}"
    return job.places[column.target].target.label if column.target not in (SKIP, ASK) else ""


def _problems(job: Job) -> list[str]:
    if not any(c.target not in (SKIP, ASK, CUSTOM) for c in job.columns):
        return [NO_COLUMN]
    missing = missing_required(job.kind, job.recipe, job.columns)
    return ([f"The file has no column for: {', '.join(missing)}."] if missing else []) + undecided(job.columns)


def import_file(
    actor: Principal,
    kind_name: str,
    path: Path | str,
    *,
    mapping: Mapping[str, Any] | None = None,
    match: list[str] | None = None,
    mode: str = "both",
    likely: str = "create",
    create_companies: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    file_name: str | None = None,
    origin: str = "import",
) -> ImportReport:
    """Load a file. What is wrong with the file as a whole stands in `problems`, what with a row in `errors`.

    `mapping` is header → field, "custom", "" to skip, or {"field", "scale"}; `likely` says what becomes of rows that
    look like a record (`create`, `leave`, `update`); `create_companies`: those that rows name and that are not here are
    made, where the actor may; `origin` is the source of the batch.
    Raises Forbidden without the right, Refused for a kind that cannot be imported.
    """
    began = time.perf_counter()
    path = Path(path)
    report = ImportReport(kind_and_recipe(kind_name)[0].name, file_name or path.name, dry_run=dry_run)
    try:
        how = {"mapping": mapping, "match": match, "mode": mode, "likely": likely, "create_companies": create_companies}
        job = open_job(actor, kind_name, path, **how, dry_run=dry_run, origin=origin)
    except Refused as refusal:
        report.problems, report.status = [refusal.message], "refused"
        return report
    _look_over(job, report)
    _begin(job, report, how | {"mapping": dict(mapping or {}), "path": str(path.resolve())})
    run_job(job, report, progress, cancel)
    report.seconds = round(time.perf_counter() - began, 3)
    return report


def _begin(job: Job, report: ImportReport, options: dict[str, Any]) -> None:
    """Keep how the run was asked for; a trial finds out what its fields will be."""
    if not job.dry_run:
        db.write_sync(runs.begin, job, report, options)
    elif not report.problems:
        with suppress(runs.TrialOver):
            db.write_sync(runs.rehearse_fields, job)


def _look_over(job: Job, report: ImportReport) -> None:
    """Count the rows; say which columns nobody knows, and what is wrong with the file as a whole."""
    report.unknown_columns = [c.header for c in job.columns if c.target == CUSTOM]
    report.notes += job.source.notes
    report.problems = _problems(job)
    report.total = sum(1 for _ in read_rows(job.source))
    if not report.total and not report.problems:
        report.problems = ["This file has a header, but no rows."]


def resume(
    actor: Principal, run_id: int, *, progress: Progress | None = None, cancel: Callable[[], bool] | None = None
) -> ImportReport:
    """Go on with a run that was broken off: rows that were dealt with stay as they are.

    Raises NotFound, Forbidden; Refused when it was undone, or its file is gone or another.
    """
    began = time.perf_counter()
    report, options = db.read_sync(runs.load, actor, run_id)
    verdict = decide(actor, "edit", "import", options["user_id"])
    if not verdict.allowed:
        raise Forbidden(verdict.why)
    if report.status in ("undoing", "undone"):
        raise Refused("This import was undone; please import the file again.")
    if not Path(options["path"]).exists():
        raise Refused("The file of this import is not kept any more; please import it again.")
    job = open_job(
        actor,
        report.kind,
        Path(options["path"]),
        mapping=options["mapping"],
        match=options["match"],
        mode=options["mode"],
        likely=options.get("likely", "create"),
        create_companies=options.get("create_companies", False),
    )
    if runs.checksum(job.source.path) != options["sha256"]:
        raise Refused("The file has changed since; please import it again.")
    job.run_id, job.batch_id = run_id, report.batch_id
    report.unchanged, report.status = 0, "running"
    done = db.write_sync(runs.reopen, job)
    run_job(job, report, progress, cancel, done)
    report.seconds = round(time.perf_counter() - began, 3)
    return report
