"""The link to one's calendar on the profile page; it is shown once, when it is made."""

import reflex as rx

from crm_app import routes
from crm_app.activities.ics.links import LinkRow, link_of, make_link, revoke_link
from crm_app.core import db
from crm_app.core.config import settings
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.ui.overlay import Toaster, plain_toast


class CalendarLink(rx.State):
    """Whether there is a link, and the new one until the page is left."""

    row: rx.Field[LinkRow] = rx.field(default_factory=LinkRow)
    address: rx.Field[str] = rx.field("")

    @rx.event
    @allow("activity.read")
    async def load(self) -> None:
        self.row, self.address = await db.read(link_of, actor()), ""

    @rx.event
    @allow("activity.read")
    async def make(self) -> None:
        token = await carry_out(self, make_link)
        if token is None:
            return
        self.address = settings().base_url + routes.CALENDAR_FEED.replace("{token}", token)
        self.row = await db.read(link_of, actor())

    @rx.event
    @allow("activity.read")
    async def revoke(self) -> None:
        await db.write(revoke_link, actor())
        self.row, self.address = LinkRow(), ""
        (await self.get_state(Toaster)).latest = plain_toast(
            "The link is dead. Calendars that used it read nothing more."
        )
