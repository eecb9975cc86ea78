"""A server of its own for a benchmark, and a browser tab that speaks to its socket."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_app.bench.ground import Ground
from crm_app.core.errors import KithError

NAMESPACE = "/_event"
COOKIE = "kith_session"
ON_LOAD = "reflex___state____state.hydrate_and_load"


@dataclass(frozen=True)
class Site:
    """The running server."""

    url: str
    process: subprocess.Popen[bytes]

    def memory(self) -> int:
        """Bytes that its processes hold, shared ones counted once (Linux)."""
        total = 0
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and _leader(folder) == self.process.pid:
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    total += int(line.split()[1]) * 1024 if line.startswith("Pss:") else 0
        return total


def _leader(folder: Path) -> int | None:
    try:
        return os.getpgid(int(folder.name))
    except ProcessLookupError:
        return None


@contextmanager
def site(found: Ground, **more: str) -> Iterator[Site]:
    """`kith run` on the benchmark's data until the end of the block, with `more` in its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    environment, log_file = os.environ | {"KITH_BASE_URL": url} | more, found.folder / f"server-{port}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "crm_app.cli", "run", "--port", str(port)],
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    try:
        _wait(url, process, log_file)
        yield Site(url, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise KithError(f"the server of the benchmark did not start: {log.read_text()[-800:]}")


def card_of(packed: list[Any]) -> dict[str, Any]:
    """A card as the page unpacks it."""
    from crm_app.deals.state import CARD_FIELDS

    return dict(zip(CARD_FIELDS, packed, strict=True))


class Tab:
    """One open page: what it sends, what it hears, how many bytes."""

    def __init__(self, url: str, cookie: str) -> None:
        import socketio

        self.url, self.cookie, self.token = url, cookie, str(uuid.uuid4())
        self.sio = socketio.AsyncClient(reconnection=False)
        self.heard: list[tuple[float, str, Any]] = []
        self.bytes = 0
        self._news = asyncio.Event()
        self.sio.on("event", self._hear, namespace=NAMESPACE)

    async def _hear(self, data: Any) -> None:
        at = time.perf_counter()
        text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
        self.bytes += len(text.encode())
        for state in (json.loads(text).get("delta") or {}).values():
            self.heard += [(at, name.removesuffix("_rx_state_"), value) for name, value in state.items()]
        self._news.set()

    async def open(self, path: str) -> None:
        """Connect and load a page as the browser does."""
        await self.sio.connect(
            f"{self.url}/_event?token={self.token}",
            headers={"Origin": self.url, "Cookie": f"{COOKIE}={self.cookie}"},
            transports=["websocket"],
            namespaces=[NAMESPACE],
            socketio_path="/_event",
            wait_timeout=20,
        )
        await self.send(ON_LOAD, path)

    async def send(self, name: str, path: str = "/deals", **payload: Any) -> None:
        """An event as the page sends it."""
        router = {"pathname": path, "asPath": path, "query": {}}
        event = {"name": name, "payload": payload, "router_data": router, "token": self.token}
        await self.sio.emit("event", event, namespace=NAMESPACE)

    async def until(self, name: str, fits: Any = bool, seconds: float = 20) -> tuple[float, Any]:
        """When a var of this name came with a value that fits, and the value; what came before is forgotten."""
        end = time.perf_counter() + seconds
        while True:
            for n, (at, key, value) in enumerate(self.heard):
                if key == name and fits(value):
                    del self.heard[: n + 1]
                    return at, value
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), end - time.perf_counter())
            except TimeoutError:
                raise KithError(f"the server did not answer with {name!r} within {seconds} s") from None

    async def close(self) -> None:
        """Leave."""
        await self.sio.disconnect()
