"""Who is here: which tab shows which record, seen by the others who look at it; and the count of what is unread.

Ephemeral: kept in memory, told to other processes through Redis where there is one.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import Any

import reflex as rx

from crm_app.attention.queries import unread_count
from crm_app.core import db
from crm_app.core.config import settings
from crm_app.http import live_sessions
from crm_app.http.hearing import Teller, telling
from crm_app.jobs.live import announce

SWEEP_SECONDS, BEAT_SECONDS, STALE_SECONDS = 0.5, 5.0, 12.0
INSTANCE = uuid.uuid4().hex
Record = tuple[str, int]
log = logging.getLogger("kith.attention")


@dataclass(frozen=True)
class Onlooker:
    """Somebody who looks at a record."""

    id: int
    name: str
    initials: str
    color: str


@dataclass(frozen=True)
class Tab:
    """One open tab: whose it is, and the record it shows, if it shows one."""

    public_id: str
    who: Onlooker
    record: Record | None


_tabs: dict[str, Tab] = {}
_elsewhere: dict[Record, dict[str, tuple[float, tuple[Onlooker, ...]]]] = {}
_told: dict[str, tuple[Onlooker, ...]] = {}
_changed: set[Record] = set()
_states: dict[str, str] = {}


def tell_states(here: type[rx.State], inbox: type[rx.State]) -> None:
    """The states whose vars `viewers` and `unread` are told from here."""
    _states.update(viewers=here.get_full_name(), unread=inbox.get_full_name())


def arrive(client_token: str, public_id: str, who: Onlooker, record: Record | None) -> list[Onlooker]:
    """This tab shows that record now (or none); answers with the others who look at it."""
    before = _tabs.get(client_token)
    _tabs[client_token] = Tab(public_id, who, record)
    _changed.update(r for r in (before.record if before else None, record) if r)
    others = _others(record, who.id)
    _told[client_token] = others
    return list(others)


def leave(client_token: str) -> None:
    """The tab is gone."""
    tab = _tabs.pop(client_token, None)
    _told.pop(client_token, None)
    if tab and tab.record:
        _changed.add(tab.record)


def step_away(client_token: str) -> None:
    """This tab may not see its record any more: it appears there no longer, and hears of nobody."""
    tab = _tabs.get(client_token)
    if tab is not None and tab.record is not None:
        _changed.add(tab.record)
        _tabs[client_token] = replace(tab, record=None)


def here(record: Record) -> tuple[Onlooker, ...]:
    """Who looks at a record in this process, each once."""
    return tuple({t.who.id: t.who for t in _tabs.values() if t.record == record}.values())


def _others(record: Record | None, me: int) -> tuple[Onlooker, ...]:
    if record is None:
        return ()
    found = {o.id: o for o in here(record)}
    for at, remote in _elsewhere.get(record, {}).values():
        if monotonic() - at < STALE_SECONDS:
            found |= {o.id: o for o in remote}
    return tuple(sorted((o for o in found.values() if o.id != me), key=lambda o: o.name))


class Attention(Teller):
    """Tells the tabs of this process; hears of notes and of those who look on from other processes."""

    def heard(self, payload: dict[str, Any]) -> None:
        """An announcement, from the worker's thread or from Redis."""
        if payload["kind"] == "notification":
            asyncio.run_coroutine_threadsafe(self._count(set(payload["ids"])), self.loop)
        elif payload["kind"] == "presence" and payload["from"] != INSTANCE:
            self.loop.call_soon_threadsafe(self._remote, payload)

    def _remote(self, payload: dict[str, Any]) -> None:
        record = (payload["record"][0], int(payload["record"][1]))
        remote = tuple(Onlooker(**o) for o in payload["who"])
        _elsewhere.setdefault(record, {})[payload["from"]] = (monotonic(), remote)
        _changed.add(record)

    async def _count(self, users: set[int]) -> None:
        for token, tab in list(_tabs.items()):
            live = await live_sessions.find(tab.public_id) if tab.who.id in users else None
            if live is not None:
                count = await db.read(unread_count, live.principal)
                await self.emit(token, _states["unread"], "unread", count)

    async def run(self) -> None:
        """Until cancelled: who left is noticed within half a second, who stays is told of now and then."""
        beat = monotonic()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._sweep()
                if settings().redis_url and monotonic() - beat > BEAT_SECONDS:
                    beat = monotonic()
                    for record in {t.record for t in _tabs.values() if t.record}:
                        await asyncio.to_thread(_publish, record)
            except Exception:
                log.exception("those who look on could not be told of each other")

    async def _sweep(self) -> None:
        for token, tab in list(_tabs.items()):
            if not self.is_here(token) or await live_sessions.find(tab.public_id) is None:
                leave(token)
        changed = set(_changed)
        _changed.clear()
        for record in changed:
            if settings().redis_url:
                await asyncio.to_thread(_publish, record)
        for token, tab in list(_tabs.items()):
            others = _others(tab.record, tab.who.id)
            if others != _told.get(token, ()):
                _told[token] = others
                await self.emit(token, _states["viewers"], "viewers", [asdict(o) for o in others])


def _publish(record: Record) -> None:
    announce({"kind": "presence", "from": INSTANCE, "record": record, "who": [asdict(o) for o in here(record)]})


@contextlib.asynccontextmanager
async def attend(app: rx.App) -> AsyncIterator[None]:
    """A lifespan task."""
    async with telling(Attention(app)):
        yield
