"""Which frames of a socket pass: the few that the built pages send, and no other.

Socket.IO calls `on_NAME` for whatever name a client sends, the server's own `connect` among them, whose argument is
then taken for the headers of the request. So names are allowed, not forbidden.
"""

import re

FRAME = re.compile(
    r"[123]$"  # Engine.IO: close, ping, pong
    r"|4(?:0/_event,|1/_event,?$"  # Socket.IO: connect, disconnect
    r'|2/_event,\["(?:event|ping|client_error)"[,\]])'  # and its events
)
CONNECT = "40"


class Frames:
    """The frames of one socket; it connects once."""

    def __init__(self) -> None:
        self.connected = False

    def passes(self, text: str | None) -> bool:
        """May this frame reach the server? Binary ones never do."""
        if text is None or FRAME.match(text) is None:
            return False
        if text.startswith(CONNECT):
            first, self.connected = not self.connected, True
            return first
        return True
