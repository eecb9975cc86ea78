"""The rows of a list: the first page per address, more on scroll, inline edit; live changes arrive in `push`."""

from dataclasses import replace
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Conflict, Invalid, KithError
from crm_app.core.ids import fresh
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.editing import edit_cell
from crm_app.records.list_screen.queries import LISTED, asked_of, list_screen, more_rows, rows_now
from crm_app.records.list_screen.rows import CellAnswer, MoreRows, Screen
from crm_app.records.listing import FieldChoice, field_choices

MOST_ROWS = 200


class RecordList(rx.State):
    """Fifty rows at first; the browser keeps what comes later."""

    screen: rx.Field[Screen] = rx.field(default_factory=Screen)
    fields: rx.Field[list[FieldChoice]] = rx.field(default_factory=list)
    more: rx.Field[MoreRows] = rx.field(default_factory=MoreRows)
    answer: rx.Field[CellAnswer] = rx.field(default_factory=CellAnswer)
    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    def _asked(self) -> dict[str, str]:
        return asked_of(self.router.url.query_parameters)

    @rx.event
    @allow("any")
    async def load(self, kind: str) -> None:
        asked, since = self._asked(), fresh()
        try:
            found = await db.read(list_screen, actor(), kind, asked)
            self.fields = await db.read(field_choices, actor(), kind)  # a field may have been added
        except KithError as refusal:
            found = Screen(kind=kind, asked=asked, error=refusal.message)
        self.screen = replace(found, n=fresh(), since=since)

    @rx.event
    @allow("any")
    async def show_more(self, kind: str, after: str) -> None:
        try:
            page = await db.read(more_rows, actor(), kind, self._asked(), after)
        except KithError:
            return
        self.more = MoreRows(fresh(), self.screen.n, page.rows, page.more)

    @rx.event
    @allow("any")
    async def refresh(self, kind: str, ids: list[int]) -> None:
        ids = ids[:MOST_ROWS]
        try:
            found = await db.read(rows_now, actor(), kind, self._asked(), ids)
        except KithError:
            return
        gone = [id for id in ids if id not in found]
        self.more = MoreRows(fresh(), self.screen.n, list(found.values()), False, gone)

    @rx.event
    @allow("any")
    async def save_cell(self, kind: str, id: int, name: str, raw: str, version: int) -> None:
        if kind not in LISTED:
            return
        error, clash = "", None
        try:
            await db.write(edit_cell, actor(), kind, id, clip(name), raw, version)
        except Conflict as refusal:
            error, clash = "Somebody changed this while you were writing.", refusal
        except Invalid as refusal:
            error = refusal.fields.get(name) or refusal.message
        except KithError as refusal:
            error = refusal.message
        try:
            row = (await db.read(rows_now, actor(), kind, self._asked(), [id])).get(id)
        except KithError:  # the list itself says why; what was saved is saved
            row = None
        theirs = self._cell(row, name) if clash else ""
        now = clash.version if clash else row.version if row else 0
        self.answer = CellAnswer(fresh(), id, name, error, row, theirs, now, clash is not None)

    def _cell(self, row: Any, name: str) -> str:
        """What a row shows in a column; a dash when empty."""
        shown = dict(zip([c.name for c in self.screen.columns], row.cells if row else [], strict=False))
        return (shown[name].text if name in shown else "") or "–"
