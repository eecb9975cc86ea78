"""Live sessions of this process: a short cache, the open sockets, and the watch that closes what was revoked."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from time import monotonic

from crm_app.core import db
from crm_app.core.clock import now
from crm_app.http.bucket import Bucket
from crm_app.identity import sessions
from crm_app.identity.sessions import Live

CACHE_SECONDS = 0.9
WATCH_SECONDS = 0.6
TIDY_SECONDS = 3600
SOCKETS_A_SESSION = 60
NEW_TABS_A_SECOND, NEW_TABS_AT_ONCE = 0.5, 150.0  # each holds a state in memory until it expires
log = logging.getLogger("kith.sessions")
_cache: dict[str, tuple[float, Live | None]] = {}
_bound: dict[str, str] = {}
_sockets: dict[str, set[asyncio.Event]] = {}
_buckets: dict[int, Bucket] = {}
_openings: dict[int, Bucket] = {}
_touched: dict[str, float] = {}


async def find(public_id: str) -> Live | None:
    """The live session with this public id, at most a second old."""
    cached = _cache.get(public_id)
    if cached is not None and monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    started = monotonic()
    live = await db.read(sessions.find_live, public_id)
    _cache[public_id] = (started, live)
    return live


async def by_cookie(token: str) -> str | None:
    """The public id of the live session with this cookie."""
    return await db.read(sessions.find_session, sessions.hash_token(token)) if token else None


async def bind(client_token: str, public_id: str) -> bool:
    """Bind a client token to a session; False if it belongs to another."""
    known = _bound.get(client_token)
    if known is None:
        known = await db.read(sessions.bound_to, client_token)
        if known is None:
            known = public_id if await db.write(sessions.bind, client_token, public_id) else ""
        if known:
            _bound[client_token] = known
    return known == public_id


async def is_bound(client_token: str, public_id: str) -> bool:
    """Does this client token belong to this session already?"""
    return (_bound.get(client_token) or await db.read(sessions.bound_to, client_token)) == public_id


async def admit(client_token: str, public_id: str) -> bool:
    """May this session open one more socket, with this client token? One user opens so many new tabs and no more."""
    live = await find(public_id)
    if live is None or len(_sockets.get(public_id, ())) >= SOCKETS_A_SESSION:
        return False
    if not await is_bound(client_token, public_id):
        opening = _openings.setdefault(live.principal.id or 0, Bucket(NEW_TABS_A_SECOND, NEW_TABS_AT_ONCE))
        if not opening.take():
            return False
    return await bind(client_token, public_id)


def within_rate(live: Live) -> bool:
    """Take one event from the user's bucket: more sessions are not more room."""
    return _buckets.setdefault(live.principal.id or 0, Bucket()).take()


def forget(public_id: str) -> None:
    """Ask the database again at the next use."""
    _cache.pop(public_id, None)


@contextlib.contextmanager
def socket_of(public_id: str):
    """Registers an open socket; the event that is yielded is set when it must close."""
    closing = asyncio.Event()
    _sockets.setdefault(public_id, set()).add(closing)
    try:
        yield closing
    finally:
        left = _sockets.get(public_id, set())
        left.discard(closing)
        if not left:
            _sockets.pop(public_id, None)


def close_sockets(public_id: str) -> None:
    """Close every socket of this session in this process, now."""
    forget(public_id)
    for closing in list(_sockets.get(public_id, ())):
        closing.set()


async def used(live: Live) -> None:
    """Note a use, at most once a minute, so that the idle limit counts from the last event."""
    at = monotonic()
    age = (now() - live.last_seen_at).total_seconds()
    if age < sessions.TOUCH_SECONDS or at - _touched.get(live.public_id, -1e9) < sessions.TOUCH_SECONDS:
        return
    _touched[live.public_id] = at
    await db.write(sessions.touch, [live.public_id])


async def check() -> None:
    """Read the sessions of all sockets at once: close what holds no more, so that events need not ask for the rest."""
    asked, started = list(_sockets), monotonic()
    if asked:
        alive = await db.read(sessions.find_all_live, asked)
        for public_id in asked:
            if public_id in alive:
                _cache[public_id] = (started, alive[public_id])
            else:
                close_sockets(public_id)
    old = monotonic() - 60
    for public_id in [key for key, (at, _) in _cache.items() if at < old and key not in _sockets]:
        for kept in (_cache, _touched):
            kept.pop(public_id, None)
    for buckets in (_buckets, _openings):
        for user_id in [key for key, bucket in buckets.items() if bucket.is_full()]:
            del buckets[user_id]
    if len(_bound) > 20_000:
        _bound.clear()


@contextlib.asynccontextmanager
async def watch() -> AsyncIterator[None]:
    """Looks for revoked and expired sessions while the server runs."""
    task = asyncio.create_task(_watch_forever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _watch_forever() -> None:
    tidied = monotonic()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await check()
            if monotonic() - tidied > TIDY_SECONDS:
                tidied = monotonic()
                await db.write(sessions.tidy)
        except Exception:
            log.exception("could not look for revoked sessions")
