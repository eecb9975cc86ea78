"""The page of one price book."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Conflict, KithError, NotFound
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.products.price_books import BookPage, add_price, book_page, edit_book, remove_price
from crm_app.records.address import record_in
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, undo_toast


class PriceBookRecord(rx.State):
    """What the page shows of a book, and whether a product is being chosen."""

    book: rx.Field[BookPage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    adding: rx.Field[bool] = rx.field(False)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)

    @rx.event
    @allow("price_book.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        self.adding = False
        try:
            if here is None or here[0] != "price_book":
                raise NotFound
            self.book = await db.read(book_page, actor(), here[1])
            self.missing = False
        except KithError:
            self.book, self.missing = None, True

    @rx.event
    @allow("price_book.edit")
    async def save_field(self, name: str, raw: str, version: int) -> None:
        if self.book is None:
            return
        error = ""
        try:
            done = await db.write(edit_book, actor(), self.book.id, name, raw, version)
            (await self.get_state(Toaster)).latest = undo_toast("Saved.", done.batch_id)
        except Conflict:
            error = "Somebody changed this while you were writing. Press Esc and look again."
        except KithError as refusal:
            error = refusal.message
        await self.load()
        self.answer = EditAnswer(self.answer.n + 1, name, error)

    @rx.event
    @allow("price_book.edit")
    async def start(self) -> None:
        self.adding = True

    @rx.event
    @allow("price_book.edit")
    async def stop(self, by_key: bool) -> None:
        self.adding = False

    @rx.event
    @allow("price_book.edit")
    async def add(self, product_id: str) -> None:
        if (chosen := id_of(product_id)) is not None:
            await self._do(add_price, chosen, "Price added.")

    @rx.event
    @allow("price_book.edit")
    async def remove(self, entry_id: int) -> None:
        await self._do(remove_price, entry_id, "Price removed.")

    async def _do(self, command, id: int, told: str) -> None:
        if self.book is None:
            return
        await carry_out(self, command, self.book.id, id, said=told)
        await self.load()
