"""How long the server waits for a request: a client that connects and does not finish asking is let go."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 30.0  # from the connection, or the answer before, to the end of the headers
HEADER_BYTES = 65_536  # request line and headers; a list writes its filters into the address


class Impatient(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, and a limit to the time that the line and the headers of a request may take."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._patience.cancel()  # or the last request is held until then

    def _wait(self) -> None:
        if self.cycle is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(REQUEST_SECONDS, self._give_up, self.cycle)

    def _give_up(self, before: Any) -> None:
        """Close where no request has come since; a socket has another protocol by now."""
        asked = self.cycle is not before
        if not asked and not self.transport.is_closing() and self.transport.get_protocol() is self:
            self.transport.close()
