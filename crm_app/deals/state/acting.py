"""What every part of a deal's page does with a command: run it, offer its undo or say why not, read the page again."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import Applied
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

from .record import DealRecord


async def act(state: rx.State, command: Callable[..., Applied], *args: Any, said: str, nothing: str = "") -> Any:
    """`command(session, actor, deal_id, *args)` on the deal of this page; `nothing` is said if it changed nothing."""
    shown = (await state.get_state(DealRecord)).deal
    if shown is None:
        return None
    toaster = await state.get_state(Toaster)
    try:
        done = await db.write(command, actor(), shown.id, *args)
    except KithError as refusal:
        toaster.latest = plain_toast(refusal.message, "bad")
    else:
        if done.diff:
            toaster.latest = undo_toast(said, done.batch_id)
        elif nothing:
            toaster.latest = plain_toast(nothing)
    return DealRecord.load
