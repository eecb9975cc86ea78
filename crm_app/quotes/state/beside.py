"""The quotes of a deal, on its page."""

import reflex as rx

from crm_app.core import db
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.quotes.queries.beside import DealQuote, quotes_of_deal
from crm_app.quotes.service import make_from_deal
from crm_app.records.address import record_in

from .actions import address_of


class QuotesBeside(rx.State):
    """The versions of all quotes of the deal whose page is open."""

    quotes: rx.Field[list[DealQuote]] = rx.field(default_factory=list)

    @rx.event
    @allow("deal.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        self.quotes = await db.read(quotes_of_deal, actor(), here[1]) if here and here[0] == "deal" else []

    @rx.event
    @allow("quote.create")
    async def make(self):
        here = record_in(self.router.url.path)
        if here is None or here[0] != "deal":
            return None
        done = await carry_out(self, make_from_deal, here[1], said="Quote made from this deal.")
        return None if done is None else rx.redirect(address_of(done.id))
