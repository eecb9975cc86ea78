"""What those who tell open tabs have in common: they hear announcements here or through Redis, and reach local tabs."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from redis.asyncio import Redis
from reflex.state import StateUpdate

from crm_app.core.config import settings
from crm_app.jobs.live import CHANNEL, listen_here

log = logging.getLogger("kith.live")


class Teller:
    """Lives in the event loop of a web process; a subclass says what it makes of what it hears."""

    def __init__(self, app: rx.App) -> None:
        self.app = app
        self.loop = asyncio.get_running_loop()

    def heard(self, payload: dict[str, Any]) -> None:
        """An announcement, from the worker's thread or from Redis."""
        raise NotImplementedError

    def missed(self) -> None:
        """For a while nobody listened to Redis."""

    async def run(self) -> None:
        """Until cancelled."""
        raise NotImplementedError

    def is_here(self, token: str) -> bool:
        """Is the tab connected to this process?"""
        manager = self.app.event_namespace._token_manager  # pyright: ignore[reportOptionalMemberAccess]
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    async def emit(self, token: str, state: str, var: str, value: Any) -> None:
        """Set one var of a state in one tab."""
        update = StateUpdate(delta={state: {f"{var}_rx_state_": value}})
        await self.app.event_namespace.emit_update(update, token)  # pyright: ignore[reportOptionalMemberAccess]


@contextlib.asynccontextmanager
async def telling(told: Teller) -> AsyncIterator[None]:
    """Let it run and hear for the length of the block."""
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


async def _hear_redis(told: Teller) -> None:
    while True:
        try:
            async with Redis.from_url(str(settings().redis_url)) as connection, connection.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                told.missed()
                async for message in channel.listen():
                    if message["type"] == "message":
                        told.heard(json.loads(message["data"]))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("lost the channel of announcements, trying again: %s", error)
            await asyncio.sleep(1)
