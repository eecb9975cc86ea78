"""The products of the deal on the page: one is added by choosing it, removed with one press; both offer Undo."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.deals.lines import add_line, remove_line
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

from .record import DealRecord


class DealLines(rx.State):
    """Whether a product is being chosen."""

    adding: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("deal.edit")
    async def start(self) -> None:
        self.adding = True

    @rx.event
    @allow("deal.edit")
    async def stop(self, by_key: bool) -> None:
        self.adding = False

    @rx.event
    @allow("deal.edit")
    async def add(self, product_id: str):
        self.adding = False
        if product_id.isascii() and product_id.isdigit() and len(product_id) < 17:
            return await self._do(add_line, int(product_id), "Product added.")
        return None

    @rx.event
    @allow("deal.edit")
    async def remove(self, line_id: int):
        return await self._do(remove_line, line_id, "Product removed.")

    async def _do(self, command, id: int, text: str):
        shown = (await self.get_state(DealRecord)).deal
        if shown is None:
            return None
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(command, actor(), shown.id, id)
        except KithError as refusal:
            toaster.latest = plain_toast(refusal.message, "bad")
        else:
            toaster.latest = undo_toast(text, done.batch_id)
        return DealRecord.load
