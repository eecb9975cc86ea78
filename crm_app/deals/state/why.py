"""Why the stage of the deal on the page has its probability; asked for when the explanation opens."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.deals.queries.odds import Why, why_probability
from crm_app.identity.handlers import actor, allow

from .record import DealRecord


class DealWhy(rx.State):
    """The last answer; none while it is being counted."""

    shown: rx.Field[Why | None] = rx.field(None)

    @rx.event
    @allow("deal.read")
    async def open(self):
        self.shown = None
        yield
        deal = (await self.get_state(DealRecord)).deal
        if deal is None:
            return
        try:
            self.shown = await db.read(why_probability, actor(), deal.id)
        except KithError:
            self.shown = None
