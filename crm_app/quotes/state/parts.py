"""Lines, sections, texts and files of the quote on the page: added, moved, removed; most offer Undo."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.quotes.service import (
    add_line,
    add_text,
    choose_file,
    edit_line,
    move_line,
    remove_line,
    remove_text,
)
from crm_app.ui.overlay import Toaster, plain_toast

from .record import QuoteRecord, carry_out

NEW_SECTION = "New section"


class QuoteParts(rx.State):
    """Whether a product is being chosen."""

    adding: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("quote.edit")
    async def start(self) -> None:
        self.adding = True

    @rx.event
    @allow("quote.edit")
    async def stop(self, by_key: bool) -> None:
        self.adding = False

    @rx.event
    @allow("quote.edit")
    async def add_product(self, product_id: str):
        self.adding = False
        id = id_of(product_id)
        if id is not None:
            await carry_out(self, add_line, id, await self._last_section(), told="Line added.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def add_text_line(self):
        await carry_out(self, add_line, None, await self._last_section(), told="Line added.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def add_section(self):
        await carry_out(self, add_line, None, NEW_SECTION, True, told="Section added.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def move(self, line_id: int, place: int):
        await carry_out(self, move_line, line_id, place)
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def make_optional(self, line_id: int, optional: bool):
        quote = (await self.get_state(QuoteRecord)).quote
        if quote is not None:
            try:
                raw = "true" if optional else "false"
                await db.write(edit_line, actor(), quote.id, line_id, "optional", raw, quote.version)
            except KithError as refusal:
                (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def remove(self, line_id: int):
        await carry_out(self, remove_line, line_id, told="Line removed.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def add_text(self, values: dict[str, str]):
        await carry_out(self, add_text, id_of(values.get("block_id", "")), told="Text added.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def remove_text(self, text_id: int):
        await carry_out(self, remove_text, text_id, told="Text removed.")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def choose_file(self, file_id: int, sent: bool):
        await carry_out(self, choose_file, file_id, sent)
        return QuoteRecord.load

    async def _last_section(self) -> str:
        """New lines go on where the quote ends."""
        quote = (await self.get_state(QuoteRecord)).quote
        heads = [line.head.raw for line in quote.lines if line.head is not None] if quote else []
        return heads[-1] if heads else ""
