"""The import page: a file is read, its columns are shown and corrected, a background run reports as it goes."""

import asyncio
from pathlib import Path

import reflex as rx

from crm_app.core.config import settings
from crm_app.core.errors import KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.imports.report import ImportReport, Inspection
from crm_app.imports.rows import MODES, NAMES, Choice, ColumnRow, Counts, ErrorRow, GuessRow
from crm_app.imports.service import KINDS, import_file, inspect_file, keep_upload, refused_csv, targets_of

SHOWN = 100


class ImportPage(rx.State):
    """One import at a time in this tab; leaving the page does not stop it."""

    step: rx.Field[str] = rx.field("file")
    kinds: rx.Field[list[Choice]] = rx.field(default_factory=list)
    modes: rx.Field[list[Choice]] = rx.field(default_factory=lambda: list(MODES))
    kind: rx.Field[str] = rx.field("companies")
    mode: rx.Field[str] = rx.field("both")
    file_name: rx.Field[str] = rx.field("")
    failure: rx.Field[str] = rx.field("")
    receiving: rx.Field[bool] = rx.field(False)
    trying: rx.Field[bool] = rx.field(False)
    encoding: rx.Field[str] = rx.field("")
    rows: rx.Field[int] = rx.field(0)
    columns: rx.Field[list[ColumnRow]] = rx.field(default_factory=list)
    targets: rx.Field[list[Choice]] = rx.field(default_factory=list)
    problems: rx.Field[list[str]] = rx.field(default_factory=list)
    notes: rx.Field[list[str]] = rx.field(default_factory=list)
    percent: rx.Field[int] = rx.field(0)
    progress: rx.Field[str] = rx.field("")
    report: rx.Field[Counts] = rx.field(default_factory=Counts)
    remarks: rx.Field[list[str]] = rx.field(default_factory=list)
    guesses: rx.Field[list[GuessRow]] = rx.field(default_factory=list)
    errors: rx.Field[list[ErrorRow]] = rx.field(default_factory=list)
    _path: str = ""
    _stop: bool = False
    _run_id: int | None = None

    @rx.event
    @allow("import.create")
    async def load(self) -> None:
        self.kinds = [Choice(kind, NAMES.get(kind, kind.capitalize())) for kind in KINDS]

    @rx.event
    @allow("import.create")
    async def choose_kind(self, kind: str) -> None:
        if kind in KINDS:
            self.kind, self.failure = kind, ""

    @rx.event
    @allow("import.create")
    async def choose_mode(self, mode: str) -> None:
        if mode in {m.id for m in MODES}:
            self.mode = mode

    @rx.event
    @allow("import.create")
    async def receive(self, files: list[rx.UploadFile]) -> None:
        self.failure = ""
        if not files:
            self.failure = "Please choose a CSV file."
            return
        try:
            path = await asyncio.to_thread(keep_upload, files[0].file, settings().import_mb)
            self._path, self.file_name = str(path), clip(files[0].filename or "file.csv", 120)
            await self._look({})
        except KithError as refusal:
            self.failure = refusal.message

    @rx.event
    @allow("import.create")
    async def map_column(self, index: int, field: str) -> None:
        columns = [c if c.index != index else ColumnRow(c.index, c.header, c.samples, field) for c in self.columns]
        try:
            await self._look({c.header: c.field for c in columns})
        except KithError as refusal:
            self.failure = refusal.message

    @rx.event
    @allow("import.create")
    async def restart(self) -> None:
        self.step, self.failure, self._path = "file", "", ""

    @rx.event
    @allow("import.create")
    async def try_out(self):
        return self._begin(dry=True)

    @rx.event
    @allow("import.create")
    async def start(self):
        return self._begin(dry=False)

    def _begin(self, *, dry: bool):
        if not self._path or self.step == "running" or self.problems:
            return None
        self.step, self.trying, self.percent, self.progress, self.failure = "running", dry, 0, "", ""
        self._stop = False
        return ImportPage.run

    @rx.event(background=True)
    @allow("import.create")
    async def run(self) -> None:
        who, seen = actor(), {"done": 0, "total": 0, "stop": 0}
        async with self:
            if self.step != "running":
                return
            kind, path, mode, dry = self.kind, Path(self._path), self.mode, self.trying
            mapping, name = {c.header: c.field for c in self.columns}, self.file_name
        work = asyncio.create_task(
            asyncio.to_thread(
                import_file,
                who,
                kind,
                path,
                mapping=mapping,
                mode=mode,
                dry_run=dry,
                file_name=name,
                cancel=lambda: bool(seen["stop"]),
                progress=lambda done, total: seen.update(done=done, total=total),
            )
        )
        while not (await asyncio.wait({work}, timeout=0.3))[0]:
            async with self:
                seen["stop"] = int(self._stop)
                self.percent = round(100 * seen["done"] / seen["total"]) if seen["total"] else 0
                self.progress = f"{seen['done']:,} of {seen['total']:,} rows"
        async with self:
            error = work.exception()
            if isinstance(error, KithError):
                self.report, self.errors, self.guesses = Counts(failed=error.message), [], []
            elif error is not None:
                self.report = Counts(
                    failed="The import stopped because of an error here. Nothing after the last row counts."
                )
            else:
                self._show(work.result())
            self.step = "done"

    @rx.event
    @allow("import.create")
    async def cancel(self) -> None:
        self._stop = True
        self.progress = "Stopping after the rows at hand…"

    @rx.event
    @allow("import.create")
    async def download_refused(self):
        if self._run_id is None:
            return None
        data = await asyncio.to_thread(refused_csv, actor(), self._run_id)
        return rx.download(data=data, filename=f"refused-{self.kind}.csv")

    async def _look(self, mapping: dict[str, str]) -> None:
        found: Inspection = await asyncio.to_thread(inspect_file, actor(), self.kind, Path(self._path), mapping)
        self.targets = [Choice(t.name, t.label) for t in targets_of(self.kind)]
        self.columns = [
            ColumnRow(i, c.header, clip(", ".join(s for s in c.samples if s), 90), c.field, c.is_guess)
            for i, c in enumerate(found.columns)
        ]
        self.problems, self.notes, self.rows, self.encoding = found.problems, found.notes, found.rows, found.encoding
        self.step = "columns"

    def _show(self, report: ImportReport) -> None:
        failed = " ".join(report.problems)
        self.report = Counts(report.total, report.created, report.updated, report.unchanged, report.refused, failed)
        self.guesses = [GuessRow(g.field, g.given, g.taken, g.rows) for g in report.guesses[:SHOWN]]
        self.errors = [ErrorRow(e.row_no, e.reason, clip(" · ".join(e.raw), 160)) for e in report.errors[:SHOWN]]
        also = [f"Also created: {n} {name}." for name, n in report.also_created.items() if n]
        unknown = [f"Kept as custom fields: {', '.join(report.unknown_columns)}."] if report.unknown_columns else []
        stopped = ["The import was cancelled; the rows before stay."] if report.status == "cancelled" else []
        self.remarks, self._run_id = [*stopped, *report.notes, *also, *unknown], report.run_id
