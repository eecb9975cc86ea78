"""On the page of a quote: the order that it became, or the button that makes one."""

import reflex as rx

from crm_app.billing import service
from crm_app.billing.queries.of_quote import OrderOfQuote, order_of_quote
from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.records.address import record_in


class OrderMaking(rx.State):
    """What there is of the quote on the page."""

    found: rx.Field[OrderOfQuote] = rx.field(default_factory=OrderOfQuote)

    @rx.event
    @allow("quote.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        try:
            self.found = await db.read(order_of_quote, actor(), here[1]) if here else OrderOfQuote()
        except KithError:
            self.found = OrderOfQuote()

    @rx.event
    @allow("order.create")
    async def make(self):
        made = await carry_out(self, service.order_from_quote, self.found.quote_id)
        return None if made is None else rx.redirect(f"/orders/{made}")
