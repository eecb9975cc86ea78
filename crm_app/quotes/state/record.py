"""The page of one quote: every field is saved where it stands, the totals come back from the server."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import Applied
from crm_app.core.errors import Conflict, Invalid, KithError, NotFound
from crm_app.core.text import id_of
from crm_app.identity import telling
from crm_app.identity.handlers import actor, allow
from crm_app.quotes.queries.page import quote_page
from crm_app.quotes.queries.rows import QuotePage
from crm_app.quotes.service import edit_line, edit_quote, edit_text, rename_section
from crm_app.records.address import record_in
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, undo_toast

FASTER = "Somebody changed this while you were writing; it is “{theirs}” now. Press Esc to see it, or save again."


class QuoteRecord(rx.State):
    """What the page shows of one quote."""

    quote: rx.Field[QuotePage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)

    @rx.event
    @allow("quote.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        if self.quote is not None and here != ("quote", self.quote.id):
            self.quote = None
        try:
            if here is None or here[0] != "quote":
                raise NotFound
            self.quote = await db.read(quote_page, actor(), here[1])
            self.missing = False
        except KithError:
            self.quote, self.missing = None, True

    @rx.event
    @allow("quote.edit")
    async def save_field(self, name: str, raw: str, version: int) -> None:
        """A field of the head, or `lines.7.quantity`, `section.7`, `texts.3.body`."""
        if self.quote is None:
            return
        try:
            done = await self._write(self.quote.id, name, raw, version)
        except Conflict as conflict:
            theirs = conflict.conflicts[0].theirs if conflict.conflicts else ""
            await self.load()
            self._answer(name, FASTER.format(theirs=theirs))
        except Invalid as refusal:
            self._answer(name, refusal.message)
        except KithError as refusal:
            await self.load()
            self._answer(name, refusal.message)
        else:
            await self._saved(name, done)

    async def _write(self, quote_id: int, name: str, raw: str, version: int) -> Applied:
        part, _, rest = name.partition(".")
        first, _, field = rest.partition(".")
        row_id = id_of(first)
        if part == "lines" and row_id is not None:
            return await db.write(edit_line, actor(), quote_id, row_id, field, raw, version)
        if part == "texts" and row_id is not None:
            return await db.write(edit_text, actor(), quote_id, row_id, field, raw, version)
        if part == "section" and row_id is not None:
            return await db.write(rename_section, actor(), quote_id, row_id, raw)
        return await db.write(edit_quote, actor(), quote_id, name, raw, version)

    async def _saved(self, name: str, done: Applied) -> None:
        self.quote = await db.read(quote_page, actor(), done.id)
        self._answer(name, "")
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Saved.", done.batch_id)

    def _answer(self, name: str, error: str) -> None:
        self.answer = EditAnswer(self.answer.n + 1, name, error)


async def carry_out(state: rx.State, command: Callable[..., Applied], *args: Any, told: str = "") -> Applied | None:
    """One command on the quote of the page; what came of it is a message."""
    quote = (await state.get_state(QuoteRecord)).quote
    return None if quote is None else await telling.carry_out(state, command, quote.id, *args, said=told)
