"""The second half of the import page: what runs in the background, how far it is, and its report."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.core.reader import numeral
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.imports.history import UndoReport, report_of, undo_run
from crm_app.imports.history_state import PastImports
from crm_app.imports.report import ImportReport
from crm_app.imports.rows import (
    AlikeLine,
    Counts,
    ErrorRow,
    GuessRow,
    Shown,
    alike_at,
    remarks_of,
    shown_at,
    undo_remarks,
)
from crm_app.imports.service import import_file, resume
from crm_app.imports.state import ImportPage

SHOWN = 100
BROKEN = "The import stopped because of an error here. What was saved before stays; it can be resumed or undone below."


class ImportWork(rx.State):
    """One piece of work at a time in this tab; leaving the page does not stop it."""

    what: rx.Field[str] = rx.field("")
    name: rx.Field[str] = rx.field("")
    percent: rx.Field[int] = rx.field(0)
    progress: rx.Field[str] = rx.field("")
    report: rx.Field[Counts] = rx.field(default_factory=Counts)
    remarks: rx.Field[list[str]] = rx.field(default_factory=list)
    guesses: rx.Field[list[GuessRow]] = rx.field(default_factory=list)
    errors: rx.Field[list[ErrorRow]] = rx.field(default_factory=list)
    alike: rx.Field[list[AlikeLine]] = rx.field(default_factory=list)
    alike_href: rx.Field[str] = rx.field("")
    shown: rx.Field[Shown] = rx.field(default_factory=Shown)
    _stop: bool = False
    _run_id: int | None = None

    @rx.event
    @allow("import.create")
    async def restart(self):
        page = await self.get_state(ImportPage)
        page.step, page.failure, page._path = "file", "", ""
        return PastImports.load

    @rx.event
    @allow("import.create")
    async def try_out(self):
        return await self._begin("try", None)

    @rx.event
    @allow("import.create")
    async def start(self):
        return await self._begin("load", None)

    @rx.event
    @allow("import.edit")
    async def resume_run(self, run_id: int):
        return await self._begin("resume", run_id)

    @rx.event
    @allow("import.edit")
    async def undo_asked(self, values: dict[str, str]):
        past = await self.get_state(PastImports)
        run_id, past.asked = past.asked, 0
        return await self._begin("undo", run_id) if run_id else None

    async def _begin(self, what: str, run_id: int | None):
        page = await self.get_state(ImportPage)
        if page.step == "running" or (run_id is None and (not page._path or page.problems)):
            return None
        self.what, self._run_id, self._stop, self.percent, self.progress = what, run_id, False, 0, ""
        past = (await self.get_state(PastImports)).rows
        self.name = next((run.file_name for run in past if run.id == run_id), page.file_name)
        page.step, page.failure = "running", ""
        return ImportWork.run

    @rx.event(background=True)
    @allow("import.create")
    async def run(self) -> None:
        seen = {"done": 0, "total": 0, "stop": 0}
        async with self:
            page = await self.get_state(ImportPage)
            if page.step != "running":
                return
            job = self._job(page)
        more = {
            "cancel": lambda: bool(seen["stop"]),
            "progress": lambda done, total: seen.update(done=done, total=total),
        }
        work = asyncio.create_task(asyncio.to_thread(job, **more))
        while not (await asyncio.wait({work}, timeout=0.3))[0]:
            async with self:
                seen["stop"] = int(self._stop)
                self.percent = round(100 * seen["done"] / seen["total"]) if seen["total"] else 0
                self.progress = f"{numeral(seen['done'])} of {numeral(seen['total'])} rows"
        async with self:
            self._end(work)
            (await self.get_state(ImportPage)).step = "done"

    def _job(self, page: ImportPage) -> Callable[..., ImportReport | UndoReport]:
        who = actor()
        if self.what in ("resume", "undo"):
            return partial(resume if self.what == "resume" else undo_run, who, self._run_id or 0)
        mapping = {c.header: c.field for c in page.columns}
        likely = page.likely if page.compares else "create"
        given = {
            "mapping": mapping,
            "mode": page.mode,
            "likely": likely,
            "create_companies": page.creates,
            "dry_run": self.what == "try",
            "file_name": page.file_name,
        }
        return partial(import_file, who, page.kind, Path(page._path), **given)

    def _end(self, work: "asyncio.Task[ImportReport | UndoReport]") -> None:
        error = work.exception()
        if error is not None:
            said = error.message if isinstance(error, KithError) else BROKEN
            self.report, self.errors, self.guesses, self.remarks = Counts(failed=said), [], [], []
            self.alike, self.alike_href = [], ""
        elif isinstance(report := work.result(), UndoReport):
            self.report, self.errors, self.guesses = Counts(total=report.done, refused=report.kept_count), [], []
            self.alike, self.alike_href = [], ""
            self.remarks = undo_remarks(report)
        else:
            self._show(report)

    @rx.event
    @allow("import.create")
    async def cancel(self) -> None:
        self._stop = True
        self.progress = "Stopping after the rows at hand…"

    @rx.event
    @allow("import.read")
    async def show_run(self, run_id: int) -> None:
        page = await self.get_state(ImportPage)
        if page.step != "running":
            self._show(await db.read(report_of, actor(), run_id))
            self.what, page.step = "load", "done"

    @rx.event
    @allow("import.read")
    async def download_refused(self):
        return PastImports.download_refused(self._run_id) if self._run_id else None

    def _show(self, report: ImportReport) -> None:
        failed = " ".join(report.problems)
        self.name, self._run_id, self.shown = report.file, report.run_id, shown_at(report.kind)
        self.report = Counts(report.total, report.created, report.updated, report.unchanged, report.refused, failed)
        self.guesses = [GuessRow(g.field, g.given, g.taken, g.rows) for g in report.guesses[:SHOWN]]
        self.errors = [ErrorRow(e.row_no, e.reason, clip(" · ".join(e.raw), 160)) for e in report.errors[:SHOWN]]
        self.remarks = remarks_of(report)
        self.alike = [AlikeLine(a.name, a.other, a.reasons) for a in report.likenesses]
        self.alike_href = alike_at(report)
