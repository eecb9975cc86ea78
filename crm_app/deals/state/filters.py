"""The conditions of the board in words, and what they can be made of."""

from collections.abc import AsyncIterator

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.deals.queries import read_wish
from crm_app.identity.handlers import actor, allow
from crm_app.records.listing import FieldChoice, describe, field_choices, filter_names, read_listing
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.rows import Chip
from crm_app.ui.sent import forget


class BoardFilters(rx.State):
    """Read behind the cards, which nobody shall wait for."""

    fields: rx.Field[list[FieldChoice]] = rx.field(default_factory=list)
    chips: rx.Field[list[Chip]] = rx.field(default_factory=list)
    names: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    filter: rx.Field[str] = rx.field("")

    @rx.event
    @allow("deal.read")
    async def load(self) -> AsyncIterator[None]:
        who, wish = actor(), read_wish(self.router.url.query_parameters)
        self.chips, self.names, self.filter = [], {}, ""
        if wish.filter:
            try:
                fields = await db.read(fields_of, who, "deal")
                listing = read_listing("deal", {"f": wish.filter}, fields)
                self.chips = await db.read(describe, who, listing)
                self.names, self.filter = await db.read(filter_names, who, listing), wish.filter
            except KithError:  # the board says why
                pass
        self.fields = await db.read(field_choices, who, "deal")
        yield
        forget(self, "fields")  # with the names of all users it is large, and nothing asks for it here
