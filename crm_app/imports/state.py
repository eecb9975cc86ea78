"""The first half of the import page: a file is read, its columns are shown and corrected."""

import asyncio
from pathlib import Path

import reflex as rx

from crm_app.core import db
from crm_app.core.config import settings
from crm_app.core.errors import KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.imports.columns import ASK, CUSTOM, SKIP
from crm_app.imports.remembered import last_choices
from crm_app.imports.report import Inspection
from crm_app.imports.rows import LIKELY, MODES, NAMES, AbsentLine, Choice, ColumnRow, absent_line
from crm_app.imports.service import KINDS, compares, inspect_file, keep_upload, likeliest_kind, targets_of


class ImportPage(rx.State):
    """Which step the page shows, and the file on its way."""

    step: rx.Field[str] = rx.field("file")
    kinds: rx.Field[list[Choice]] = rx.field(default_factory=list)
    modes: rx.Field[list[Choice]] = rx.field(default_factory=lambda: list(MODES))
    kind: rx.Field[str] = rx.field("companies")
    mode: rx.Field[str] = rx.field("both")
    ways: rx.Field[list[Choice]] = rx.field(default_factory=lambda: list(LIKELY))
    likely: rx.Field[str] = rx.field("create")
    compares: rx.Field[bool] = rx.field(False)
    creates: rx.Field[bool] = rx.field(True)
    absent: rx.Field[AbsentLine] = rx.field(default_factory=AbsentLine)
    file_name: rx.Field[str] = rx.field("")
    failure: rx.Field[str] = rx.field("")
    receiving: rx.Field[bool] = rx.field(False)
    encoding: rx.Field[str] = rx.field("")
    rows: rx.Field[int] = rx.field(0)
    columns: rx.Field[list[ColumnRow]] = rx.field(default_factory=list)
    targets: rx.Field[list[Choice]] = rx.field(default_factory=list)
    asks: rx.Field[bool] = rx.field(False)
    problems: rx.Field[list[str]] = rx.field(default_factory=list)
    notes: rx.Field[list[str]] = rx.field(default_factory=list)
    _path: str = ""
    _said: bool = False

    @rx.event
    @allow("import.create")
    async def load(self) -> None:
        self.kinds = [Choice(kind, NAMES.get(kind, kind.capitalize())) for kind in KINDS]

    @rx.event
    @allow("import.create")
    async def choose_kind(self, kind: str) -> None:
        if kind in KINDS:
            self.kind, self.failure, self._said = kind, "", True

    @rx.event
    @allow("import.create")
    async def choose_mode(self, mode: str) -> None:
        if mode in {m.id for m in MODES}:
            self.mode = mode

    @rx.event
    @allow("import.create")
    async def choose_likely(self, likely: str) -> None:
        if likely in {way.id for way in LIKELY}:
            self.likely = likely

    @rx.event
    @allow("import.create")
    async def choose_creates(self, creates: bool) -> None:
        self.creates = creates

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
            if not self._said:
                self.kind = await asyncio.to_thread(likeliest_kind, actor(), path, self.kind)
            await self._look({})
            await self._remember()
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
    async def map_rest(self, field: str) -> None:
        """The columns of which nobody has said anything: all become new fields, or none."""
        rest = field if field in (SKIP, CUSTOM) else ASK
        try:
            await self._look({c.header: rest if c.field == ASK else c.field for c in self.columns})
        except KithError as refusal:
            self.failure = refusal.message

    async def _remember(self) -> None:
        """A file with the columns of one that came before is treated as that was."""
        header = [c.header for c in self.columns]
        self.mode, self.likely, self.creates = await db.read(last_choices, actor(), self.kind, header)

    async def _look(self, mapping: dict[str, str]) -> None:
        found: Inspection = await asyncio.to_thread(inspect_file, actor(), self.kind, Path(self._path), mapping)
        self.targets = [Choice(t.name, t.label) for t in targets_of(self.kind)]
        self.columns = [
            ColumnRow(i, c.header, clip(", ".join(s for s in c.samples if s), 90), c.field, c.is_guess)
            for i, c in enumerate(found.columns)
        ]
        self.problems, self.notes, self.rows, self.encoding = found.problems, found.notes, found.rows, found.encoding
        self.asks = any(c.field == ASK for c in self.columns)
        self.absent = absent_line(found.absent)
        self.compares = compares(self.kind)
        self.step = "columns"
