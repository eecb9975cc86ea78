"""What most handlers do with a command: carry it out as who is signed in, and tell in this tab what came of it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Conflict, KithError
from crm_app.identity.handlers import actor
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

MEANWHILE = "Somebody changed this in the meantime."


async def carry_out(
    state: rx.State,
    command: Callable[..., Any],
    *args: Any,
    said: str = "",
    nothing: str = "",
    refused: str = "",
    **named: Any,
) -> Any:
    """What `command(session, actor, *args, **named)` answers in a transaction of its own; None where it was refused.

    `said` comes with the undo of its batch, `nothing` instead if it changed nothing, the reason of a refusal after the
    words `refused`.
    """
    toaster = await state.get_state(Toaster)
    try:
        done = await db.write(command, actor(), *args, **named)
    except KithError as refusal:
        reason = MEANWHILE if isinstance(refusal, Conflict) else refusal.message
        toaster.latest = plain_toast(f"{refused} {reason}".strip(), "bad")
        return None
    if getattr(done, "diff", True):
        if said:
            toaster.latest = undo_toast(said, done.batch_id)
    elif nothing:
        toaster.latest = plain_toast(nothing)
    return done
