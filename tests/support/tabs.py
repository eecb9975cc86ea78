"""The states of one browser tab, driven as one user, without a server; handlers are called as the gate calls them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from reflex.istate.data import ReflexURL, RouterData

from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden
from crm_app.identity.handlers import permission_of, reset_actor, set_actor, validate_payload
from crm_app.identity.policy import may
from crm_app.ui.overlay import Toaster


class Tab:
    """Plays async functions of the states that they name."""

    def __init__(self, who: Principal, path: str = "/") -> None:
        self.who = who
        self.root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
        self.go_to(path)

    def go_to(self, path: str) -> None:
        """The address that the tab shows."""
        self.root.router = RouterData(url=ReflexURL(f"http://localhost:8000{path}"))

    def play(self, script: Callable[..., Awaitable[None]], *states: type[rx.State]) -> None:
        """Run the script with these states, as the user."""

        async def go() -> None:
            token = set_actor(self.who)
            try:
                await script(*[await self.root.get_state(state) for state in states])
            finally:
                reset_actor(token)

        asyncio.run(go())

    def call(self, state: type[rx.State], handler: str, /, **payload: Any) -> Any:
        """What a browser sends: the permission first, then the payload against the signature, then the handler.

        Raises Forbidden, or pydantic.ValidationError.
        """
        fn = state.event_handlers[handler].fn
        permission = permission_of(fn)
        assert permission is not None
        if permission != "any" and not may(self.who, permission):
            raise Forbidden("The role may not do this.")
        given = validate_payload(fn, payload)
        answers: list[Any] = []

        async def run(here: Any) -> None:
            answers.append(await fn(_Unlocked(here), **given))

        self.play(run, state)
        return answers[0]

    def state(self, state: type[rx.State]) -> Any:
        """The state as it is now."""
        found: list[Any] = []

        async def look(here: Any) -> None:
            found.append(here)

        self.play(look, state)
        return found[0]

    @property
    def said(self) -> str:
        """The last message of the tab."""
        return self.state(Toaster).latest.text


class _Unlocked:
    """A state whose background handlers may take its lock, which nobody else wants."""

    def __init__(self, state: Any) -> None:
        object.__setattr__(self, "_state", state)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._state, name)
        inner = getattr(found, "__func__", None)
        return inner.__get__(self) if inner is not None and name.startswith("_") else found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._state, name, value)

    async def __aenter__(self) -> "_Unlocked":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None
