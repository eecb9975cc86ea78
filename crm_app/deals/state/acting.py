"""What every part of a deal's page does with a command: run it, offer its undo or say why not, read the page again."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.core.changes import Applied
from crm_app.identity.telling import carry_out

from .record import DealRecord


async def act(state: rx.State, command: Callable[..., Applied], *args: Any, said: str, nothing: str = "") -> Any:
    """`command(session, actor, deal_id, *args)` on the deal of this page; `nothing` is said if it changed nothing."""
    shown = (await state.get_state(DealRecord)).deal
    if shown is None:
        return None
    await carry_out(state, command, shown.id, *args, said=said, nothing=nothing)
    return DealRecord.load
