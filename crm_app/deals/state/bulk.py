"""Many cards at once: a run is begun here and followed as any other; its message takes all of it back."""

import reflex as rx

from crm_app.deals.bulk import start_on_board
from crm_app.deals.queries import read_wish
from crm_app.identity.handlers import allow
from crm_app.identity.telling import carry_out
from crm_app.records.list_screen.state import ListBulk

MOST_SELECTED = 5_000


class BoardBulk(rx.State):
    """Has nothing of its own."""

    @rx.event
    @allow("deal.mass_edit")
    async def start(self, action: str, values: dict[str, str], ids: list[int], stages: list[int]):
        wish = read_wish(self.router.url.query_parameters)
        ids, stages = ids[:MOST_SELECTED], stages[:MOST_SELECTED]
        run = await carry_out(self, start_on_board, wish, action, values, ids, stages, refused="Not done.")
        return None if run is None else ListBulk.follow(run)
