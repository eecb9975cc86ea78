"""Live boards: what changed goes straight to the open boards that may see it, as a state delta.

It passes the event middleware by, so revocation and rights are asked here, freshly, at each fan-out.
"""

import asyncio
import contextlib
import itertools
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

import reflex as rx
from redis.asyncio import Redis
from reflex.state import StateUpdate
from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.deals.queries import board as boards
from crm_app.http import live_sessions
from crm_app.jobs.live import CHANNEL, listen_here
from crm_app.tables import Deal

MOST_CARDS = 20
GATHER_SECONDS = 0.05
log = logging.getLogger("kith.live")
deal = table_of(Deal)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class BoardView:
    """What an open board shows."""

    pipeline_id: int
    owner_id: int | None
    text: str


@dataclass(frozen=True)
class Subscription:
    """One open board: whose session it is, and what it shows."""

    public_id: str
    view: BoardView


_boards: dict[str, Subscription] = {}
_last_sent: dict[str, int] = {}  # by tab: a board that misses a push sees the gap and reads again
_state_name = ""


def subscribe_board(client_token: str, public_id: str, pipeline_id: int, owner_id: int | None, text: str) -> None:
    """From now on this tab hears of changes to this board; a later call replaces the earlier one."""
    _boards[client_token] = Subscription(public_id, BoardView(pipeline_id, owner_id, text))


def unsubscribe(client_token: str) -> None:
    """The tab is gone or shows something else."""
    _boards.pop(client_token, None)
    _last_sent.pop(client_token, None)


def push_to(state: type[rx.State]) -> None:
    """The state whose var `push` the boards listen to."""
    global _state_name
    _state_name = state.get_full_name()


class Fanout:
    """Gathers announcements for a moment, then tells every open board of this process once."""

    def __init__(self, app: rx.App) -> None:
        self.app = app
        self.loop = asyncio.get_running_loop()
        self.ids: set[int] = set()
        self.everything = False
        self.due: asyncio.Event = asyncio.Event()

    def heard(self, payload: dict[str, Any]) -> None:
        """An announcement, from the worker's thread or from Redis."""
        self.loop.call_soon_threadsafe(self._note, payload)

    def _note(self, payload: dict[str, Any]) -> None:
        if payload["kind"] == "deal":
            self.ids |= set(payload["ids"])
        elif payload["kind"] in ("stage", "pipeline", "company", "user", "person", "activity"):
            self.everything = True
        if self.ids or self.everything:
            self.due.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.due.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self.due.clear()
            ids, everything = self.ids, self.everything
            self.ids, self.everything = set(), False
            try:
                await self._tell(sorted(ids), stale=everything or len(ids) > MOST_CARDS)
            except Exception:
                log.exception("open boards could not be told of a change")

    async def _tell(self, ids: list[int], *, stale: bool) -> None:
        groups: dict[tuple[Any, BoardView], list[str]] = defaultdict(list)
        principals: dict[Any, Principal] = {}
        for token, subscription in list(_boards.items()):
            if not self._is_here(token):
                unsubscribe(token)
                continue
            live = await live_sessions.find(subscription.public_id)
            if live is None:
                unsubscribe(token)
                continue
            who = live.principal
            key = (who.id, who.role, who.member_ids, who.zone, who.locale)
            principals[key] = who
            groups[key, subscription.view].append(token)
        for (key, view), tokens in groups.items():
            data = {"stale": True} if stale else await db.read(board_push, principals[key], view, ids)
            if data is not None:
                await self._emit(data, tokens)

    def _is_here(self, token: str) -> bool:
        manager = self.app.event_namespace._token_manager  # pyright: ignore
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    async def _emit(self, data: dict[str, Any], tokens: list[str]) -> None:
        for token in tokens:
            n = next(_numbers)
            push = {"n": n, "prev": _last_sent.get(token, 0), **data}
            _last_sent[token] = n
            update = StateUpdate(delta={_state_name: {"push_rx_state_": push}})
            await self.app.event_namespace.emit_update(update, token)  # pyright: ignore


def board_push(session: Session, actor: Principal, view: BoardView, ids: list[int]) -> dict[str, Any] | None:
    """What a board of this view must do about these deals; None if it is none of its business."""
    condition = boards.wanted(actor, view.owner_id, view.text)
    run = session.connection().execute
    query = select(deal.c.id, deal.c.stage_id, deal.c.rank).where(
        deal.c.id.in_(ids), deal.c.pipeline_id == view.pipeline_id, condition
    )
    shown = {r.id: r for r in run(query)}
    ops: list[dict[str, Any]] = []
    for id in ids:
        row = shown.get(id)
        card = boards.card_of(session, actor, id) if row else None
        if row is None or card is None:
            ops.append({"op": "remove", "id": id})
            continue
        above = (deal.c.rank < row.rank) | ((deal.c.rank == row.rank) & (deal.c.id < row.id))
        index = run(select(func.count()).where(condition, deal.c.stage_id == row.stage_id, above)).scalar()
        ops.append({"op": "upsert", "id": id, "column": str(row.stage_id), "index": index, "card": asdict(card)})
    totals = boards.totals_of(session, view.pipeline_id, condition)
    stages = boards.stages_of(session, view.pipeline_id)
    columns = [boards.column_of(row, totals.get(row.id), actor, [], False) for row in stages]
    return {
        "ops": ops,
        "totals": [{"column": c.id, "count": c.count, "total": c.total, "weighted": c.weighted} for c in columns],
        "summary": asdict(boards.summary_of(session, view.pipeline_id, totals, actor)),
        "stale": False,
    }


@contextlib.asynccontextmanager
async def fanout(app: rx.App) -> AsyncIterator[None]:
    """A lifespan task: listens here, or to Redis, while the server runs."""
    told = Fanout(app)
    tasks = [asyncio.create_task(told.run())]
    if settings().redis_url:
        tasks.append(asyncio.create_task(_hear_redis(told)))
    else:
        listen_here(told.heard)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _hear_redis(told: Fanout) -> None:
    while True:
        try:
            async with Redis.from_url(str(settings().redis_url)) as connection, connection.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                told.heard({"kind": "stage", "ids": []})  # what was missed while nobody listened
                async for message in channel.listen():
                    if message["type"] == "message":
                        told.heard(json.loads(message["data"]))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("lost the live channel, trying again: %s", error)
            await asyncio.sleep(1)
