"""A socket client that speaks as the built pages do, and keeps what the server sends."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio

from tests.support.server import Server

NAMESPACE = "/_event"


class Client:
    """One browser tab."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.sio = socketio.AsyncClient(reconnection=False, logger=False, engineio_logger=False)
        self.updates: list[dict[str, Any]] = []
        self.closed = asyncio.Event()
        self.sio.on("event", self._keep, namespace=NAMESPACE)
        self.sio.on("disconnect", self._gone, namespace=NAMESPACE)

    async def _keep(self, data: Any) -> None:
        self.updates.append(json.loads(data) if isinstance(data, str) else data)

    async def _gone(self, *_reason: Any) -> None:
        self.closed.set()

    async def send(self, name: str, path: str = "/profile", /, **payload: Any) -> None:
        """An event as the page sends it."""
        router = {"pathname": path.partition("?")[0], "asPath": path, "query": {}}
        event = {"name": name, "payload": payload, "router_data": router, "token": self.token}
        await self.sio.emit("event", event, namespace=NAMESPACE)

    async def until(self, found: Any, seconds: float = 10) -> Any:
        """The first truthy answer of `found()`. Raises AssertionError when the time is over."""
        for _ in range(int(seconds / 0.02)):
            if answer := found():
                return answer
            await asyncio.sleep(0.02)
        raise AssertionError(f"nothing came; got {json.dumps(self.updates)[-2000:]}")

    async def quiet(self, seconds: float = 0.4) -> int:
        """How many updates there are once none has come for so long."""
        seen = -1
        while seen != len(self.updates):
            seen = len(self.updates)
            await asyncio.sleep(seconds)
        return seen

    def values(self, name: str) -> list[Any]:
        """Everything that was sent for a state var of this name."""
        return [
            value
            for update in self.updates
            for state in (update.get("delta") or {}).values()
            for key, value in state.items()
            if key.removesuffix("_rx_state_") == name
        ]


@asynccontextmanager
async def connected(
    server: Server, cookie: str | None, *, token: str | None = None, origin: str | None = "", headers: Any = None
) -> AsyncIterator[Client]:
    """A connected tab; `origin=None` sends none. Raises socketio ConnectionError when refused."""
    client = Client(token or str(uuid.uuid4()))
    sent = dict(headers or {})
    if origin is not None:
        sent["Origin"] = origin or server.base_url
    if cookie is not None:
        sent["Cookie"] = f"kith_session={cookie}"
    try:
        await client.sio.connect(
            f"{server.base_url}/_event?token={client.token}",
            headers=sent,
            transports=["websocket"],
            namespaces=[NAMESPACE],
            socketio_path="/_event",
            wait_timeout=5,
        )
        yield client
    finally:
        await client.sio.disconnect()
        if (http := client.sio.eio.http) is not None and not http.closed:  # a server that hung up leaves it open
            await http.close()
