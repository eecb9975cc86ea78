"""The score of the record whose page is open."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.quality.queries.record import record_quality
from crm_app.quality.rows import RecordQuality
from crm_app.records.address import record_in


class RecordScore(rx.State):
    """Computed anew whenever the page reads itself."""

    found: rx.Field[RecordQuality] = rx.field(default_factory=RecordQuality)
    of: rx.Field[int] = rx.field(0)
    more: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        self.of = here[1] if here else 0
        try:
            self.found = await db.read(record_quality, actor(), *here) if here else RecordQuality()
        except KithError:
            self.found = RecordQuality()

    @rx.event
    @allow("any")
    async def toggle(self) -> None:
        self.more = not self.more
