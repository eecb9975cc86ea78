"""Layer 1, around everything: host, origin, session, client token, size; and the headers of every answer."""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, quote

from starlette import requests
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_app import routes
from crm_app.core.config import settings
from crm_app.http import live_sessions
from crm_app.http.bucket import Bucket
from crm_app.http.cookies import read_token
from crm_app.http.forms import away
from crm_app.http.frames import Frames
from crm_app.http.headers import dressed, is_built_folder, is_offer
from crm_app.http.origins import allowed_hosts, allowed_origins

HEADER = b"x-kith-session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SOCKET_RATE, SOCKET_BURST = 100.0, 300.0
DRAIN_BYTES, DRAIN_SECONDS = 64_000_000, 5
BODY_SILENCE_SECONDS, BYTES_A_SECOND = 20, 500
UPLOADS_AT_ONCE = 6  # of one session: each may be large, last long, and lies on the disk until it is whole
_uploading: Counter[str] = Counter()
log = logging.getLogger("kith.gate")


@dataclass
class Request:
    """What the gate looks at."""

    scope: Scope

    @cached_property
    def headers(self) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for name, value in self.scope["headers"]:
            found[name] = found[name] + b"; " + value if name == b"cookie" and name in found else value
        return found

    def text(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def path(self) -> str:
        return self.scope["path"]

    @property
    def method(self) -> str:
        return self.scope.get("method", "GET")

    @property
    def target(self) -> str:
        query = self.scope["query_string"].decode("latin-1")
        return quote(self.path, safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")

    @cached_property
    def origin_ok(self) -> bool:
        return self.text(b"origin") in allowed_origins()

    @cached_property
    def host_ok(self) -> bool:
        return self.text(b"host").lower() in allowed_hosts()

    async def session(self) -> str | None:
        """The public id of the live session."""
        return await live_sessions.by_cookie(read_token(self.headers.get(b"cookie", b"")))

    def inner(self, public_id: str | None, *, keep_cookie: bool) -> Scope:
        """The scope for the app: without the cookie, with the public session id, never with the client's own."""
        drop = {HEADER} if keep_cookie else {HEADER, b"cookie"}
        headers = [(k, v) for k, v in self.scope["headers"] if k.replace(b"_", b"-") not in drop]
        if public_id:
            headers.append((HEADER, public_id.encode()))
        return {**self.scope, "headers": headers}


class Gate:
    """The outermost ASGI app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(Request(scope), receive, send)
        elif scope["type"] == "http":
            await self._http(Request(scope), receive, dressed(scope["path"], send))
        else:
            await self.app(scope, receive, send)

    # http

    async def _http(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            answer, public_id = await self._judge(request)
        except Exception:
            log.exception("it could not be read who asks")
            answer, public_id = away(requests.Request(request.scope)), None
        if answer is not None:
            if request.method not in SAFE:
                await _drain(receive)
            await answer(request.scope, receive, send)
            return
        limited = _limited(receive, settings().import_mb) if request.method not in SAFE else receive
        own = request.path in routes.PUBLIC_PAGES
        inner = request.inner(public_id, keep_cookie=own)
        if is_built_folder(request.path):  # or the static files redirect to a guessed address with a slash
            inner = {**inner, "path": request.path + "/", "raw_path": inner.get("raw_path", b"") + b"/"}
        with _counted(public_id) if public_id and _is_upload(request) else contextlib.nullcontext():
            await self.app(inner, limited, send)

    async def _judge(self, request: Request) -> tuple[Response | None, str | None]:
        path = request.path
        if path == routes.HEALTH:
            return None, None
        if not request.host_ok:
            return _elsewhere(request), None
        if request.method not in SAFE and not request.origin_ok:
            return PlainTextResponse("This request came from another site.", 403), None
        if path.rstrip("/") in routes.HIDDEN or path.startswith(routes.SOCKET):  # sockets are websockets, no polling
            return PlainTextResponse("Not found.", 404), None
        if path in routes.PUBLIC_FILES or path.startswith(routes.HASHED_FILES):
            return None, None
        if path.startswith(routes.FEEDS) and path.endswith(".ics"):  # the address itself is the key
            return None, None
        if _is_upload(request):
            return await _judge_upload(request)
        public_id = await request.session()
        if path in routes.PUBLIC_PAGES or is_offer(path):
            return None, public_id
        if public_id is None:
            return _sign_in(request), None
        return None, public_id

    # websocket

    async def _socket(self, request: Request, receive: Receive, send: Send) -> None:
        public_id = await self._judge_socket(request)
        if public_id is None:
            await receive()
            await send({"type": "websocket.close", "code": 4401})
            return
        with live_sessions.socket_of(public_id) as closing:
            guarded = _guarded(receive, send, closing)
            await self.app(request.inner(public_id, keep_cookie=False), guarded, send)

    async def _judge_socket(self, request: Request) -> str | None:
        if not request.host_ok or not request.origin_ok:
            return None
        if request.path.rstrip("/") != routes.SOCKET:
            return None
        public_id = await request.session()
        if public_id is None:
            return None
        tokens = parse_qs(request.scope["query_string"].decode("latin-1")).get("token", [])
        if len(tokens) != 1 or TOKEN.fullmatch(tokens[0]) is None:
            return None
        return public_id if await live_sessions.admit(tokens[0], public_id) else None


def _elsewhere(request: Request) -> Response:
    """Another host name: the one address of this installation instead."""
    if request.method in SAFE:
        return RedirectResponse(settings().base_url + "/" + request.target.lstrip("/"), 307)
    return PlainTextResponse("This is not the address of this installation.", 421)


def _sign_in(request: Request) -> Response:
    if request.method not in SAFE:
        return PlainTextResponse("Please sign in.", 401)
    back = "" if request.path == "/" else "?next=" + quote(request.target, safe="")
    return RedirectResponse(routes.SIGN_IN + back, 303)


async def _judge_upload(request: Request) -> tuple[Response | None, str | None]:
    """Uploads: a session, its own client token, a size that is known and allowed; never a public read."""
    if request.method not in ("POST", "OPTIONS"):
        return PlainTextResponse("Not found.", 404), None
    public_id = await request.session()
    client_token = request.text(b"reflex-client-token")
    if public_id is None or not await live_sessions.is_bound(client_token, public_id):
        return JSONResponse({"detail": "Please sign in."}, 403), None
    length, limit = request.text(b"content-length"), _upload_limit(request)
    if not length.isdecimal() and request.method == "POST":
        return JSONResponse({"detail": "The size of the upload is missing."}, 411), None
    if length.isdecimal() and int(length) > limit * 1_000_000 + 10_000:
        return JSONResponse({"detail": f"At most {limit} MB."}, 413), None
    if _uploading[public_id] >= UPLOADS_AT_ONCE:
        return JSONResponse({"detail": "Too many files at once. Please wait for the others."}, 429), None
    return None, public_id


def _is_upload(request: Request) -> bool:
    return request.path == routes.UPLOAD or request.path.startswith(routes.UPLOAD + "/")


@contextlib.contextmanager
def _counted(public_id: str) -> Iterator[None]:
    """One more upload of this session goes on."""
    _uploading[public_id] += 1
    try:
        yield
    finally:
        _uploading[public_id] -= 1
        if not _uploading[public_id]:
            del _uploading[public_id]


def _upload_limit(request: Request) -> int:
    """Megabytes: the import page takes more than the others."""
    handler = request.text(b"reflex-event-handler")
    return settings().import_mb if "import" in handler.rpartition(".")[0] else settings().upload_mb


async def _drain(receive: Receive) -> None:
    """Read what was sent before refusing it, else the browser sees a broken connection and not the answer."""
    left = DRAIN_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return


def _limited(receive: Receive, megabytes: int) -> Receive:
    """Stops reading a body that is larger than the largest upload, whatever its header said, or that drips."""
    taken, began, ended = 0, monotonic(), False

    async def read() -> Message:
        nonlocal taken, ended
        if ended:  # now it waits for the end of the connection, and that may take its time
            return await receive()
        patience = BODY_SILENCE_SECONDS + taken / BYTES_A_SECOND - (monotonic() - began)
        try:
            async with asyncio.timeout(max(0, min(patience, BODY_SILENCE_SECONDS))):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        taken += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        return {"type": "http.disconnect"} if taken > megabytes * 1_000_000 + 10_000 else message

    return read


def _guarded(receive: Receive, send: Send, closing: asyncio.Event) -> Receive:
    """Ends the socket when its session ends, when it floods, or when it says what no page says."""
    frames, bucket = Frames(), Bucket(SOCKET_RATE, SOCKET_BURST)
    waiting: asyncio.Task[Message] | None = None
    ended = asyncio.create_task(closing.wait())

    async def read() -> Message:
        nonlocal waiting
        waiting = waiting or asyncio.ensure_future(receive())
        await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() and not ended.done():
            message, waiting = waiting.result(), None
            if message["type"] == "websocket.disconnect":
                ended.cancel()
                return message
            known = message["type"] != "websocket.receive" or frames.passes(message.get("text"))
            if known and bucket.take():
                return message
        elif waiting is not None:
            waiting.cancel()
        ended.cancel()
        await send({"type": "websocket.close", "code": 4401 if closing.is_set() else 4429})
        return {"type": "websocket.disconnect", "code": 4401}

    return read
