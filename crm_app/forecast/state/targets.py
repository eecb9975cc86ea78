"""The grid of targets: an amount is saved on the version that its writer saw; a period is copied with one press."""

from datetime import date

import reflex as rx

from crm_app.core import db
from crm_app.core.clock import today
from crm_app.core.config import settings
from crm_app.core.errors import Conflict, Invalid, KithError
from crm_app.core.text import clip
from crm_app.forecast.queries import Grid, target_grid
from crm_app.forecast.rules.periods import LENGTHS
from crm_app.forecast.service import Aim, copy_targets, set_target
from crm_app.identity.handlers import actor, allow
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class TargetGrid(rx.State):
    """The targets of one year."""

    grid: rx.Field[Grid] = rx.field(default_factory=Grid)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("target.read")
    async def load(self) -> None:
        asked = self.router.url.query_parameters
        kind, year = asked.get("kind", ""), asked.get("year", "")
        known = year.isascii() and year.isdigit() and 1990 <= int(year[:6]) <= 2200
        wanted = int(year) if known else today(settings().zone).year
        self.grid = await db.read(target_grid, actor(), kind if kind in LENGTHS else "month", wanted)
        self.loaded = True

    @rx.event
    @allow("target.edit")
    async def save(self, cell: str, raw: str, version: int):
        cell = clip(cell)
        try:
            done = await db.write(set_target, actor(), Aim.parse(self.grid.kind, cell), clip(raw), version)
        except Conflict:
            self._answer(cell, "Somebody else set this meanwhile. Please look again.")
            return TargetGrid.load
        except Invalid as refusal:
            self._answer(cell, refusal.message)
            return None
        except KithError as refusal:
            self._answer(cell, refusal.message)
            return TargetGrid.load
        self._answer(cell, "")
        if done is not None and done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Target saved.", done.batch_id)
        return TargetGrid.load

    @rx.event
    @allow("target.create")
    async def copy(self, start: str):
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(copy_targets, actor(), self.grid.kind, date.fromisoformat(start))
        except ValueError:
            return None
        except KithError as refusal:
            toaster.latest = plain_toast("Not copied. " + refusal.message, "bad")
            return TargetGrid.load
        many = f"{len(done)} target{'' if len(done) == 1 else 's'} copied."
        toaster.latest = undo_toast(many, done[0].batch_id)
        return TargetGrid.load

    def _answer(self, cell: str, error: str) -> None:
        self.answer = EditAnswer(self.answer.n + 1, cell, error)
