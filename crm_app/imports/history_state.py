"""The list of past imports on the import page."""

import asyncio

import reflex as rx

from crm_app.core import db
from crm_app.identity.handlers import actor, allow
from crm_app.imports.history import PastRun, list_runs
from crm_app.imports.rows import RunRow, run_row
from crm_app.imports.service import refused_csv


class PastImports(rx.State):
    """The latest runs that the viewer may see; `asked` is the one whose undo waits for a yes."""

    rows: rx.Field[list[RunRow]] = rx.field(default_factory=list)
    asked: rx.Field[int] = rx.field(0)

    @rx.event
    @allow("import.read")
    async def load(self) -> None:
        found: list[PastRun] = await db.read(list_runs, actor())
        self.rows = [run_row(run, actor().zone) for run in found]

    @rx.event
    @allow("import.edit")
    async def ask_undo(self, run_id: int) -> None:
        self.asked = run_id

    @rx.event
    @allow("import.read")
    async def download_refused(self, run_id: int):
        data = await asyncio.to_thread(refused_csv, actor(), run_id)
        return rx.download(data=data, filename="refused-rows.csv")
