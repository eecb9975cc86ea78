"""The products of the deal on the page: one is added by choosing it, removed with one press; both offer Undo."""

import reflex as rx

from crm_app.core.text import id_of
from crm_app.deals.lines import add_line, remove_line
from crm_app.identity.handlers import allow

from .acting import act
from .choosing import Choosing


class DealLines(Choosing, rx.State):
    """A product is chosen, or one is there already."""

    @rx.event
    @allow("deal.edit")
    async def add(self, product_id: str):
        self.adding = False
        if (chosen := id_of(product_id)) is not None:
            return await act(self, add_line, chosen, said="Product added.")
        return None

    @rx.event
    @allow("deal.edit")
    async def remove(self, line_id: int):
        return await act(self, remove_line, line_id, said="Product removed.")
