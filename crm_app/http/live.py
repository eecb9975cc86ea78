"""Live pages: what changed goes straight to the open pages that may see it, as a state delta.

It passes the event middleware by, so revocation and rights are asked here, freshly, at each fan-out.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError
from crm_app.core.ids import fresh
from crm_app.http import live_sessions
from crm_app.http.attention import step_away
from crm_app.http.board_push import deals_of, diaries_of, whereabouts
from crm_app.http.hearing import Teller, telling
from crm_app.http.live_views import MOST_CARDS, MOST_ROWS, ListView, News, View
from crm_app.http.owners import owners_around

GATHER_SECONDS = 0.05
AGAIN_SECONDS = 1.0
log = logging.getLogger("kith.live")


@dataclass(frozen=True)
class Subscription:
    """One open page: whose session it is, what it shows, and the state whose var `push` it listens to."""

    public_id: str
    view: View
    state: str


_open: dict[str, Subscription] = {}
_last_sent: dict[str, int] = {}  # by tab: a page that misses a push sees the gap and reads again


def subscribe(client_token: str, public_id: str, view: View, state: type[rx.State]) -> None:
    """From now on `push` of this state in this tab hears of changes to the view; a later call replaces the earlier."""
    _open[client_token] = Subscription(public_id, view, state.get_full_name())


def located(session: Session, news: News, batches: list[int]) -> News:
    """With whose plans the activities are, the deals whose next step they may have changed, and where these stand."""
    deals, activities = set(news.of("deal")), news.of("activity")
    if 0 < len(activities) <= MOST_CARDS:
        deals |= deals_of(session, sorted(activities), batches)
        diaries = diaries_of(session, sorted(activities), batches)
        news = replace(news, ids={**news.ids, "deal": frozenset(deals)}, diaries=diaries)
    if not 0 < len(deals) <= MOST_CARDS:
        return news
    return replace(news, places=whereabouts(session, sorted(deals), batches))


def owned(session: Session, news: News, kinds: Iterable[str], batches: list[int]) -> News:
    """With whose the records of these kinds are and were, where there are not more than a list is told of."""
    touched = {name: news.of(name) | news.marks.get(name, frozenset()) for name in kinds}
    few = {name: ids for name, ids in touched.items() if 0 < len(ids) <= MOST_ROWS}
    return replace(news, owners={name: owners_around(session, name, sorted(ids), batches) for name, ids in few.items()})


def _listed(news: News) -> set[str]:
    """The kinds that changed and of which somebody has a list open."""
    open_ = {s.view.listing.kind for s in _open.values() if isinstance(s.view, ListView)}
    return open_ & (news.ids.keys() | news.marks.keys())


def unsubscribe(client_token: str) -> None:
    """The tab is gone or shows something else."""
    _open.pop(client_token, None)
    _last_sent.pop(client_token, None)


class Fanout(Teller):
    """Gathers announcements for a moment, then tells every open page of this process once."""

    def __init__(self, app: rx.App) -> None:
        super().__init__(app)
        self.ids: dict[str, set[int]] = defaultdict(set)
        self.marks: dict[str, set[int]] = defaultdict(set)
        self.batches: set[int] = set()
        self.lost = False
        self.due: asyncio.Event = asyncio.Event()

    def heard(self, payload: dict[str, Any]) -> None:
        """An announcement, from the worker's thread or from Redis."""
        if "batch" in payload:  # or it is none of records: who is here, what is unread
            self.loop.call_soon_threadsafe(self._note, payload["kind"], payload["ids"], payload["batch"])
        elif "marks" in payload:
            self.loop.call_soon_threadsafe(self._note_marks, payload["kind"], payload["ids"])

    def missed(self) -> None:
        """For a while nobody listened: every page reads again."""
        self.lost = True
        self.due.set()

    def _note(self, kind: str, ids: list[int], batch: int) -> None:
        self.ids[kind] |= set(ids)
        self.batches.add(batch)
        self.due.set()

    def _note_marks(self, kind: str, ids: list[int]) -> None:
        self.marks[kind] |= set(ids)
        self.due.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.due.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self.due.clear()
            changed, marked = ({k: frozenset(ids) for k, ids in found.items()} for found in (self.ids, self.marks))
            news = News(changed, self.lost, marks=marked)
            batches, self.batches, self.lost = sorted(self.batches), set(), False
            self.ids, self.marks = defaultdict(set), defaultdict(set)
            try:
                if _open and (news.of("deal") or news.of("activity")):
                    news = await db.read(located, news, batches)
                if listed := _listed(news):
                    news = await db.read(owned, news, listed, batches)
                await self._tell(news)
            except Exception:
                log.exception("open pages could not be told of a change")
                self.loop.call_later(AGAIN_SECONDS, self.missed)

    async def _tell(self, news: News) -> None:
        groups: dict[tuple[Any, View], list[tuple[str, str]]] = defaultdict(list)
        principals: dict[Any, Principal] = {}
        for token, subscription in list(_open.items()):
            if not self.is_here(token):
                unsubscribe(token)
            elif subscription.view.concern(news) != "none":
                live = await live_sessions.find(subscription.public_id)
                if live is None:
                    unsubscribe(token)
                    continue
                who = live.principal
                key = (who.id, who.role, who.member_ids, who.line_ids, who.zone, who.locale)
                principals[key] = who
                groups[key, subscription.view].append((token, subscription.state))
        for (key, view), tabs in groups.items():
            if view.concern(news) == "again":
                data: dict[str, Any] | None = {"stale": True}
            elif view.reaches(principals[key], news):
                data = await self._read(view, principals[key], news)
            else:
                continue
            if data is not None:
                await self._emit(data, tabs)

    async def _read(self, view: View, viewer: Principal, news: News) -> dict[str, Any] | None:
        """What it asks for may be closed to its viewer by now, or gone: then the page reads again, which says so."""
        try:
            return await db.read(view.push, viewer, news)
        except KithError:
            return {"stale": True}

    async def _emit(self, data: dict[str, Any], tabs: list[tuple[str, str]]) -> None:
        for token, state in tabs:
            n = fresh()
            push = {"n": n, "prev": _last_sent.get(token, 0), **data}
            _last_sent[token] = n
            if data.get("gone") is True:  # the record of a page; a list names those that left it, and hears on
                unsubscribe(token)
                step_away(token)
            await self.emit(token, state, "push", push)


@contextlib.asynccontextmanager
async def fanout(app: rx.App) -> AsyncIterator[None]:
    """A lifespan task: listens here, or to Redis, while the server runs."""
    async with telling(Fanout(app)):
        yield
