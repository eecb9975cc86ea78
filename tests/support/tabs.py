"""The states of one browser tab, driven as one user, without a server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from crm_app.core.actor import Principal
from crm_app.identity.handlers import reset_actor, set_actor


class Tab:
    """Plays an async function of the states that it names."""

    def __init__(self, who: Principal) -> None:
        self.who = who
        self.root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]

    def play(self, script: Callable[..., Awaitable[None]], *states: type[rx.State]) -> None:
        """Run the script with these states, as the user."""

        async def go() -> None:
            token = set_actor(self.who)
            try:
                await script(*[await self.root.get_state(state) for state in states])
            finally:
                reset_actor(token)

        asyncio.run(go())


def on_page(state: Any, **parameters: str) -> None:
    """The address that the tab shows, for a state that reads it."""
    state.router = rx.istate.data.RouterData.from_router_data(  # pyright: ignore
        {"pathname": "/", "asPath": "/?" + "&".join(f"{k}={v}" for k, v in parameters.items()), "query": parameters}
    )
