"""What is added to the deal on the page by choosing it: a field opens for it, and closes by itself."""

import reflex as rx

from crm_app.identity.handlers import allow


class Choosing(rx.State, mixin=True):
    """Whether something is being chosen."""

    adding: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("deal.edit")
    async def start(self) -> None:
        self.adding = True

    @rx.event
    @allow("deal.edit")
    async def stop(self, by_key: bool) -> None:
        self.adding = False
