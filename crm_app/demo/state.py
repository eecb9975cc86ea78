"""The demo on the screen: whether it is there, the question before it goes, and how far its removal is."""

from dataclasses import dataclass

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError
from crm_app.core.reader import numeral
from crm_app.demo.marks import DEMO, is_seeded
from crm_app.demo.removal import extent, keeps_account, start_removal
from crm_app.identity.handlers import actor, allow
from crm_app.records.bulk import BulkProgress, followed_once, unfinished
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


@dataclass(frozen=True)
class Removal:
    """What the notice shows: nothing, the offer, or a removal that goes on."""

    offered: bool = False
    running: bool = False
    records: str = ""
    done: str = ""
    percent: int = 0


def what_is_there(session: Session, who: Principal) -> Removal:
    """For administrators only; everybody else sees nothing of it."""
    if who.role != "administrator" or not is_seeded(session):
        return Removal()
    return Removal(offered=True)


class DemoNotice(rx.State):
    """The notice on Home."""

    removal: rx.Field[Removal] = rx.field(default_factory=Removal)
    asking: rx.Field[bool] = rx.field(False)
    failure: rx.Field[str] = rx.field("")
    _following: int = 0

    @rx.event
    @allow("any")
    async def load(self):
        who = actor()
        self.removal, self.asking, self.failure = await db.read(what_is_there, who), False, ""
        if self.removal.offered and any(run.op == DEMO for run in await db.read(unfinished, who)):
            return DemoNotice.remove
        return None

    @rx.event
    @allow("any")
    async def ask(self) -> None:
        there = await db.read(extent)
        self.removal = Removal(offered=True, records=numeral(there.records))
        self.asking, self.failure = True, ""

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.asking = False

    @rx.event(background=True)
    @allow("user.delete")
    async def remove(self) -> None:
        who = actor()
        try:
            run_id = await db.write(start_removal, who)
        except KithError as refusal:
            async with self:
                self.failure = refusal.message
            return
        async with self:
            self.asking = False
        run = None
        async for run in followed_once(self, who, run_id):
            async with self:
                percent = 100 * run.done // max(run.total, 1)
                self.removal = Removal(True, True, numeral(run.total), numeral(run.done), percent)
        if run is not None:
            await self._end(who, run)

    async def _end(self, who: Principal, run: BulkProgress) -> None:
        left = await db.read(what_is_there, who)
        stays = run.refused - (await db.read(keeps_account, who, run.id))
        text = f"Removed from the demo: {numeral(run.changed)}." + (f" {run.error}" if run.error else "")
        kept = f" Kept, because something that was added needs it: {numeral(stays)}." if stays else ""
        async with self:
            self.removal = left
            toaster = await self.get_state(Toaster)
            toaster.latest = undo_toast(text + kept, run.batch_id) if run.changed else plain_toast(text + kept)
