"""What a person sees when an event breaks: a page that could not be read says so, anything else is a message."""

import logging
from typing import Any, cast

import reflex as rx
from reflex.event import EventSpec
from reflex.state import OnLoadInternalState
from reflex_base.event.context import EventContext

from crm_app.identity.handlers import allow
from crm_app.ui.overlay import Toaster, plain_toast

BROKEN = "The server could not read what belongs here. Nothing is lost; please try again in a moment."
FORBIDDEN = "Your role may not open this page. Whoever administers Kith can change that."
NOT_SAVED = "Something went wrong here, and what you did was not saved. Please try again."
log = logging.getLogger("kith.events")


def cause() -> str:
    """What the event at hand came from; the same for everything that one visit of a page reads."""
    try:
        return EventContext.get().parent_txid or ""
    except LookupError:
        return ""


class Failure(rx.State):
    """Whether the page at hand could be read; every visit begins anew. Reads no database, which may be what is away.

    `bare`: nothing of the page was read before, so what stands on it means nothing. After a lost connection it does.
    """

    unreadable: rx.Field[str] = rx.field("")
    again: rx.Field[bool] = rx.field(False)
    bare: rx.Field[bool] = rx.field(True)
    _visit: str = ""
    _read: str = ""

    @rx.event
    @allow("any")
    async def begin(self) -> None:
        self._visit, self.unreadable, self.bare = cause(), "", self._read != self.router.url.path

    @rx.event
    @allow("any")
    async def end(self) -> None:
        if not self.unreadable:
            self._read = self.router.url.path

    @rx.event
    @allow("any")
    async def tell(self, of: str) -> None:
        if of and of == self._visit:
            self._say(BROKEN, again=True)
        else:
            (await self.get_state(Toaster)).latest = plain_toast(NOT_SAVED, "bad")

    @rx.event
    @allow("any")
    async def forbid(self, of: str) -> None:
        if of and of == self._visit:
            self._say(FORBIDDEN, again=False)

    def _say(self, text: str, *, again: bool) -> None:
        self.unreadable, self.again = text, again
        if self.bare:
            self._read = ""  # the end of the visit may have come before this

    @rx.event
    @allow("any")
    async def retry(self) -> Any:
        """Reads the page as a visit does; what is typed on it stays."""
        return OnLoadInternalState.on_load_internal


WITHOUT_DATABASE = frozenset(Failure.event_handlers[name].fn for name in ("begin", "end", "tell"))


def on_failure(exception: Exception) -> EventSpec:
    """For `rx.App(backend_exception_handler=…)`: Reflex's own would need eval in the browser, which the CSP forbids."""
    log.error("an event handler failed", exc_info=exception)
    return cast(EventSpec, Failure.tell(cause()))
