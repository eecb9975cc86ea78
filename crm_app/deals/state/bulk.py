"""Many cards at once: a run is begun here and followed as any other; its message takes all of it back."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.deals.bulk import start_on_board
from crm_app.deals.queries import read_wish
from crm_app.identity.handlers import actor, allow
from crm_app.records.list_screen.state import ListBulk
from crm_app.ui.overlay import Toaster, plain_toast

MOST_SELECTED = 5_000


class BoardBulk(rx.State):
    """Has nothing of its own."""

    @rx.event
    @allow("deal.mass_edit")
    async def start(self, action: str, values: dict[str, str], ids: list[int], stages: list[int]):
        wish = read_wish(self.router.url.query_parameters)
        try:
            run = await db.write(
                start_on_board, actor(), wish, action, values, ids[:MOST_SELECTED], stages[:MOST_SELECTED]
            )
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast("Not done. " + refusal.message, "bad")
            return None
        return ListBulk.follow(run)
