"""A client that does not finish asking is let go; one that waits for a slow answer, or has a socket, is not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any

import pytest
import uvicorn

from crm_app.core.config import settings
from crm_app.http import gate, waiting
from crm_app.http.waiting import HEADER_BYTES, Impatient

PATIENCE = 0.3


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await asyncio.sleep(3 * PATIENCE if scope["path"] == "/slow" else 0)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(waiting, "REQUEST_SECONDS", PATIENCE)
    config = uvicorn.Config(
        _app, http=Impatient, ws="websockets-sansio", lifespan="off", log_config=None,
        h11_max_incomplete_event_size=HEADER_BYTES, timeout_keep_alive=60,
    )  # fmt: skip
    server = uvicorn.Server(config)
    monkeypatch.setattr(server, "capture_signals", nullcontext)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who connects before the server is there waits for it
        running = asyncio.create_task(server.serve([listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


async def _ask(port: int, text: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    return reader, writer


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /again"]
)
async def test_who_does_not_finish_asking_is_let_go(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    async with _serving(monkeypatch) as port:
        reader, writer = await _ask(port, begun)
        heard = await asyncio.wait_for(reader.read(), 20 * PATIENCE)  # until the end of the connection
        assert heard.count(b"204") == begun.count(b"\r\n\r\n")
        writer.close()


async def test_a_slow_answer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _serving(monkeypatch) as port:
        reader, writer = await _ask(port, b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"204" in await asyncio.wait_for(reader.read(), 20 * PATIENCE)
        writer.close()


async def test_a_socket_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from websockets.asyncio.client import connect

    async with _serving(monkeypatch) as port, connect(f"ws://127.0.0.1:{port}/") as open_socket:
        await asyncio.sleep(3 * PATIENCE)
        await asyncio.wait_for(await open_socket.ping(), 5)


async def test_headers_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "REQUEST_SECONDS", 30)
    async with _serving(monkeypatch) as port:
        reader, writer = await _ask(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * (2 * HEADER_BYTES))
        with suppress(ConnectionResetError):  # closed while the rest was on its way
            assert b" 400 " in await asyncio.wait_for(reader.read(), 5)
        writer.close()


async def test_one_session_sends_only_so_many_files_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lies on the disk until it is whole, and may take its time; another session is not kept waiting."""
    arrived, go_on, said = list[str](), asyncio.Event(), list[int]()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        arrived.append(dict(scope["headers"])[gate.HEADER].decode())
        await go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.extend([message["status"]] if "status" in message else [])

    async def yes(*_: str) -> bool:
        return True

    async def who(cookie: str) -> str:
        return cookie

    monkeypatch.setattr(gate.live_sessions, "by_cookie", who)
    monkeypatch.setattr(gate.live_sessions, "is_bound", yes)

    def upload(session: str) -> Any:
        base = settings().base_url
        headers = {"host": base.partition("//")[2], "origin": base, "content-length": "5"}
        headers |= {"cookie": f"kith_session={session}"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/_upload", "query_string": b"", "headers": raw}
        return gate.Gate(app)(scope, receive, send)

    async with asyncio.TaskGroup() as group:
        for session in (*["mine"] * (gate.UPLOADS_AT_ONCE + 2), "other"):
            group.create_task(upload(session))
        await asyncio.sleep(0.05)
        assert arrived == ["mine"] * gate.UPLOADS_AT_ONCE + ["other"] and said == [429, 429]
        go_on.set()
    await upload("mine")
    assert said[2:] == [200] * (gate.UPLOADS_AT_ONCE + 2) and not gate._uploading
