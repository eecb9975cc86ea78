"""What a person hears when an event breaks: one plain message; the details go to the log."""

import logging

import reflex as rx
from reflex.event import EventSpec

from crm_app.identity.handlers import allow
from crm_app.ui.overlay import Toaster, plain_toast

log = logging.getLogger("kith.events")


class Failure(rx.State):
    """Has nothing of its own."""

    @rx.event
    @allow("any")
    async def tell(self) -> None:
        text = "Something went wrong here, and what you did was not saved. Please try again."
        (await self.get_state(Toaster)).latest = plain_toast(text, "bad")


def on_failure(exception: Exception) -> EventSpec:
    """For `rx.App(backend_exception_handler=…)`: Reflex's own would need eval in the browser, which the CSP forbids."""
    log.error("an event handler failed", exc_info=exception)
    return EventSpec(handler=Failure.event_handlers["tell"])
