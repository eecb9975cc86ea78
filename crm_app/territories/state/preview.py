"""What applying the territories would change, and applying them: a run that the tab only follows."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.core.reader import numeral
from crm_app.identity.handlers import actor, allow
from crm_app.records.bulk import BulkProgress, followed
from crm_app.territories.plan import PAGE, Preview, preview, start_territories
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class TerritoryPreview(rx.State):
    """One page of the planned changes; `percent` of a run that goes on, else -1."""

    shown: rx.Field[Preview | None] = rx.field(None)
    mode: rx.Field[str] = rx.field("unowned")
    start: rx.Field[int] = rx.field(0)
    busy: rx.Field[bool] = rx.field(False)
    percent: rx.Field[int] = rx.field(-1)

    @rx.event
    @allow("territory.administer")
    async def choose(self, mode: str):
        self.mode, self.start, self.busy = mode, 0, True
        yield
        await self._look()

    @rx.event
    @allow("territory.administer")
    async def turn(self, by: int):
        self.start = max(0, self.start + (PAGE if by > 0 else -PAGE))
        self.busy = True
        yield
        await self._look()

    @rx.event
    @allow("territory.read")
    async def clear(self) -> None:
        self.shown, self.start, self.busy = None, 0, False

    async def _look(self) -> None:
        try:
            self.shown = await db.read(preview, actor(), self.mode, self.start)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
        self.busy = False

    @rx.event(background=True)
    @allow("territory.administer")
    async def apply(self) -> None:
        who = actor()
        async with self:
            if self.percent >= 0:
                return  # the second press of a double click
            self.percent = 0
            mode = self.mode
        run = BulkProgress()
        try:
            run_id = await db.write(start_territories, who, mode)
            async for run in followed(who, run_id):
                async with self:
                    self.percent = 100 * run.done // run.total if run.total else 0
        except KithError as refusal:
            await self._end(plain_toast("Not applied. " + refusal.message, "bad"))
            return
        text = f"{numeral(run.changed)} companies changed." + (
            f" {numeral(run.refused)} left alone." if run.refused else ""
        )
        await self._end(undo_toast(text, run.batch_id) if run.changed else plain_toast(text))

    async def _end(self, toast) -> None:
        async with self:
            self.percent, self.shown = -1, None
            (await self.get_state(Toaster)).latest = toast
