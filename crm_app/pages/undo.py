"""Undo of one batch, from a message or from a timeline."""

import reflex as rx
from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.service import put_back, removed_in
from crm_app.core import db
from crm_app.core.changes import undo
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.duplicates.merge.choices import needs_choice
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.identity.handlers import actor, allow
from crm_app.records.addresses import list_path
from crm_app.records.list_screen.state import ListBulk
from crm_app.tables import BulkRun, ChangeLog
from crm_app.ui import addresses
from crm_app.ui.overlay import Toaster, plain_toast

AT_ONCE = 500  # changes that one transaction takes back; more are a run of their own


def is_large(session: Session, batch_id: int) -> bool:
    """Was this batch made by a run over many records, or did it become too long for one transaction?"""
    runs, log = table_of(BulkRun), table_of(ChangeLog)
    execute = session.connection().execute
    if execute(select(runs.c.id).where(runs.c.batch_id == batch_id)).first() is not None:
        return True
    return execute(select(log.c.seq).where(log.c.batch_id == batch_id).offset(AT_ONCE).limit(1)).first() is not None


class Undo(rx.State):
    """Has nothing of its own: the log knows what a batch did."""

    @rx.event
    @allow("any")
    async def undo_batch(self, batch_id: int):
        came_since = await db.read(needs_choice, actor(), batch_id)
        if came_since:
            return rx.redirect(f"{addresses.UNMERGE}?batch={batch_id}")
        if came_since is None and await db.read(is_large, batch_id):
            return ListBulk.take_back(batch_id)
        toaster = await self.get_state(Toaster)
        try:
            if came_since is None and await db.read(removed_in, batch_id):
                await db.write(put_back, actor(), batch_id)
                toaster.latest = plain_toast("Undone.")
                return None
            if came_since is None:
                done = await db.write(undo, actor(), batch_id)
            else:
                taken = await db.write(unmerge, actor(), batch_id)
                if taken.run_id:
                    return [ListBulk.follow(taken.run_id), rx.redirect(list_path(taken.merge.kind))]
                done = taken.undone
        except KithError as refusal:
            toaster.latest = plain_toast("Not undone. " + refusal.message, "bad")
            return None
        kept = f" Kept, because changed since: {', '.join(done.kept)}." if done.kept else ""
        toaster.latest = plain_toast(("Undone." if done.restored else "Nothing to undo.") + kept)
        return None
