"""Undo of one batch, from a message or from a timeline."""

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import undo
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, plain_toast


class Undo(rx.State):
    """Has nothing of its own: the log knows what a batch did."""

    @rx.event
    @allow("any")
    async def undo_batch(self, batch_id: int) -> None:
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(undo, actor(), batch_id)
        except KithError as refusal:
            toaster.latest = plain_toast("Not undone. " + refusal.message, "bad")
            return
        kept = f" Kept, because changed since: {', '.join(done.kept)}." if done.kept else ""
        toaster.latest = plain_toast(("Undone." if done.restored else "Nothing to undo.") + kept)
