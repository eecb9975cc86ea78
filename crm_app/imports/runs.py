"""The record of a run: begun with its batch, carried on with every chunk in the same transaction, finished."""

import csv
import hashlib
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many, outbox
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.errors import NotFound
from crm_app.core.text import neutral
from crm_app.identity.policy import decide
from crm_app.imports.alike import MOST, alike_in, count_alike, list_alike
from crm_app.imports.columns import CUSTOM
from crm_app.imports.job import Job
from crm_app.imports.reading import squeeze
from crm_app.imports.report import Guess, ImportReport
from crm_app.tables import ChangeLog, CustomField, Finding, ImportRowError, ImportRun

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk

AUX_ROWS = -2_000_000_000  # row numbers of what the rows bring along, apart from those of the file


def checksum(path: Path) -> str:
    """SHA-256 of the file, so that a run goes on only with the file that it began with."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def begin(session: Session, job: Job, report: ImportReport, options: dict[str, Any]) -> None:
    """Open the batch and the run, and make the custom fields of unknown columns."""
    job.batch_id = open_batch(session, job.actor, job.origin, note=report.file)
    job.run_id = allocate_ids(session, 1)[0]
    report.batch_id, report.run_id = job.batch_id, job.run_id
    values = {
        "id": job.run_id,
        "kind": job.kind.name,
        "file_name": report.file,
        "file_sha256": checksum(job.source.path),
        "user_id": job.actor.id,
        "batch_id": job.batch_id,
        "status": "running",
        "total": report.total,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "taken": 0,
        "left_out": 0,
        "guesses": [],
        "started_at": now(),
        "mapping": options | {"header": list(job.source.header), "unknown": report.unknown_columns},
    }
    session.connection().execute(insert(table_of(ImportRun)), values)
    if not report.problems:
        _custom_fields(session, job)


def _custom_fields(session: Session, job: Job) -> None:
    """Unknown columns are not lost: whoever may import may thereby add a field for them."""
    wanted = {squeeze(c.header)[:80] or f"column{c.index + 1}": c for c in job.columns if c.target == CUSTOM}
    if not wanted:
        return
    table = table_of(CustomField)
    query = select(table.c.key, table.c.id).where(
        table.c.kind == job.kind.name, table.c.key.in_(list(wanted)), table.c.deleted_at.is_(None)
    )
    found: dict[str, int] = {row[0]: row[1] for row in session.connection().execute(query)}
    fresh = [
        Change(
            "custom_field",
            job.custom_made.get(key),
            {"kind": job.kind.name, "key": key, "label": c.header[:80], "type": "text"},
            "create",
            row_no=AUX_ROWS + job.aux_rows + n,
        )
        for n, (key, c) in enumerate(wanted.items(), 1)
        if key not in found
    ]
    job.aux_rows += len(wanted)
    made = apply_many(session, replace(job.actor, system=True), fresh, source="import", batch_id=job.batch_id)
    ids = {str(c.set["key"]): a.id for c, a in zip(fresh, made, strict=True)}
    job.also_created["custom_field"] += len(ids.keys() - job.custom_made.keys())
    job.custom_made |= ids
    found |= ids
    job.custom_ids.update({c.index: found[key] for key, c in wanted.items()})


def open_trial(session: Session, job: Job) -> None:
    """A dry run has a batch of its own in every transaction, which is rolled back."""
    job.batch_id = open_batch(session, job.actor, "import", note="dry run")
    if job.custom_made:
        _custom_fields(session, job)


class TrialOver(Exception):
    """Ends a transaction of a dry run."""


def rehearse_fields(session: Session, job: Job) -> None:
    """Find the ids that the custom fields of a dry run have in each of its transactions; always raises TrialOver."""
    open_trial(session, job)
    _custom_fields(session, job)
    raise TrialOver


def add(job: Job, report: ImportReport, chunk: "Chunk") -> None:
    """Add what a chunk did to the run, in the transaction of the chunk."""
    job.guesses.update(chunk.guesses)
    report.created += chunk.created
    report.updated += chunk.updated
    report.unchanged += chunk.unchanged
    report.refused += len(chunk.refused)
    report.taken += chunk.taken
    report.left += chunk.left
    report.guesses = [Guess(*key, rows=n) for key, n in job.guesses.items()]
    if job.dry_run:
        job.alike |= alike_in(chunk.session, job.batch_id)
        report.alike = len(job.alike)
        if len(report.likenesses) < MOST:
            fresh = list_alike(chunk.session, job.actor, job.batch_id)
            report.likenesses = list(dict.fromkeys([*report.likenesses, *fresh]))
    if job.run_id is None:
        return
    refused = chunk.refused.items()
    rows = [{"run_id": job.run_id, "row_no": n, "reason": reason, "raw": raw} for n, (reason, raw) in refused]
    if rows:
        chunk.session.connection().execute(insert(table_of(ImportRowError)), rows)
    _store(chunk.session, job, report)


def _store(session: Session, job: Job, report: ImportReport, **more: Any) -> None:
    table = table_of(ImportRun)
    values = {
        "total": report.total,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "taken": report.taken,
        "left_out": report.left,
        "guesses": [[*key, n] for key, n in job.guesses.items()],
    }
    session.connection().execute(update(table).where(table.c.id == job.run_id).values(**values, **more))


def finish(session: Session, job: Job, report: ImportReport) -> None:
    """The run has ended, one way or the other."""
    report.also_created = _also_created(session, job.batch_id)
    report.lacking = _lacking(session, job.batch_id)
    report.alike = count_alike(session, job.batch_id)
    report.likenesses = list_alike(session, job.actor, job.batch_id)
    _store(session, job, report, status=report.status, finished_at=now())
    outbox.put(session, "imports", {"run": job.run_id})


def _lacking(session: Session, batch_id: int | None) -> int:
    """How many records of this batch lack what a gate would have asked for, now."""
    found = table_of(Finding)
    query = select(func.count(found.c.record_id.distinct())).where(found.c.batch_id == batch_id)
    return session.connection().execute(query).scalar_one()


def _also_created(session: Session, batch_id: int | None) -> dict[str, int]:
    """How many records of each kind the rows of this batch brought along, without those that went with their row."""
    log = table_of(ChangeLog)
    query = select(log.c.kind, log.c.op, func.count()).where(log.c.batch_id == batch_id, log.c.row_no < AUX_ROWS // 2)
    query = query.where(log.c.op.in_(("create", "delete"))).group_by(log.c.kind, log.c.op)
    found = Counter[str]()
    for name, op, number in session.connection().execute(query):
        found[name] += number if op == "create" else -number
    return dict(+found)


def readable(session: Session, actor: Principal, run_id: int) -> ImportRun:
    """A run that the actor may see. Raises NotFound."""
    run = session.get(ImportRun, run_id)
    if run is None or not decide(actor, "read", "import", run.user_id).allowed:
        raise NotFound("There is no such import.")
    return run


def load(session: Session, actor: Principal, run_id: int) -> tuple[ImportReport, dict[str, Any]]:
    """A run as it was left, and how it was begun. Raises NotFound."""
    run = readable(session, actor, run_id)
    report = ImportReport(
        run.kind,
        run.file_name,
        run.total,
        run.created,
        run.updated,
        run.unchanged,
        run.refused,
        run.taken,
        run.left_out,
        lacking=_lacking(session, run.batch_id),
        alike=count_alike(session, run.batch_id),
        likenesses=list_alike(session, actor, run.batch_id),
        guesses=[Guess(*g) for g in run.guesses],
        unknown_columns=run.mapping.get("unknown", []),
        also_created=_also_created(session, run.batch_id),
        status=run.status,
        run_id=run.id,
        batch_id=run.batch_id,
    )
    return report, run.mapping | {"sha256": run.file_sha256, "user_id": run.user_id}


def reopen(session: Session, job: Job) -> frozenset[int]:
    """Go on with a run: the numbers of the rows that were dealt with. What was unchanged is looked at again."""
    log, errors = table_of(ChangeLog), table_of(ImportRowError)
    execute = session.connection().execute
    done = set(execute(select(log.c.row_no).where(log.c.batch_id == job.batch_id, log.c.row_no > 0)).scalars())
    done |= set(execute(select(errors.c.row_no).where(errors.c.run_id == job.run_id)).scalars())
    last = execute(
        select(func.max(log.c.row_no)).where(log.c.batch_id == job.batch_id, log.c.row_no < AUX_ROWS // 2)
    ).scalar()
    job.aux_rows = 0 if last is None else last - AUX_ROWS
    run = session.get(ImportRun, job.run_id)
    job.guesses = Counter({(g[0], g[1], g[2]): g[3] for g in (run.guesses if run else [])})
    _custom_fields(session, job)
    return frozenset(done)


def refused_csv(actor: Principal, run_id: int) -> str:
    """The refused rows as they stood, with the reason; no cell can be taken for a formula. Raises NotFound."""
    return db.read_sync(_refused_csv, actor, run_id)


def _refused_csv(session: Session, actor: Principal, run_id: int) -> str:
    run = readable(session, actor, run_id)
    table = table_of(ImportRowError)
    query = select(table.c.row_no, table.c.reason, table.c.raw).where(table.c.run_id == run_id).order_by(table.c.row_no)
    header = list(run.mapping.get("header", []))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutral(h) for h in [*header, "row", "reason"]])
    for row_no, reason, raw in session.connection().execute(query):
        cells = [*raw, *[""] * (len(header) - len(raw))]
        writer.writerow([*map(neutral, cells), row_no, neutral(reason)])
    return out.getvalue()
