"""Checks on a schedule: made, changed, run by hand."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.reader import numeral
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.quality.queries.settings import check_texts, list_checks, people_to_tell
from crm_app.quality.rows import CheckRow, Choice
from crm_app.quality.service import delete_check, run_now, save_check
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class QualityChecks(rx.State):
    """The checks with their last runs."""

    rows: rx.Field[list[CheckRow]] = rx.field(default_factory=list)
    people: rx.Field[list[Choice]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    texts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    editing: rx.Field[bool] = rx.field(False)
    edited: rx.Field[int] = rx.field(0)
    _version: int = 0

    @rx.event
    @allow("quality.administer")
    async def load(self) -> None:
        self.rows = await db.read(list_checks, actor())
        self.people = await db.read(people_to_tell, actor())
        self.loaded = True

    @rx.event
    @allow("quality.administer")
    async def start(self, check_id: int) -> None:
        """0 begins a new one."""
        try:
            self.texts = await db.read(check_texts, actor(), check_id)
        except KithError as refusal:
            self.texts = {"name": "", "schedule": "weekly", "goes_to": "owner", "active": "true"}
            await self._say(plain_toast("Its list cannot be read: " + refusal.message, "bad"))
        found = next((row for row in self.rows if row.id == check_id), None)
        self.edited, self._version = (found.id, found.version) if found else (0, 0)
        self.errors, self.editing = {}, self.loaded and self.edited == check_id

    @rx.event
    @allow("quality.administer")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("quality.administer")
    async def save(self, values: dict[str, str]):
        if not self.editing:  # pressed twice
            return None
        try:
            done = await db.write(save_check, actor(), self.edited, values, self._version)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        await self._say(undo_toast("Check saved.", done.batch_id))
        return QualityChecks.load

    @rx.event
    @allow("quality.administer")
    async def remove(self, check_id: int):
        await carry_out(self, delete_check, check_id, said="Check removed.", refused="Not removed.")
        return QualityChecks.load

    @rx.event
    @allow("quality.administer")
    async def run(self, check_id: int):
        try:
            done = await db.write(run_now, actor(), check_id)
        except KithError as refusal:
            await self._say(plain_toast("Not run. " + refusal.message, "bad"))
        else:
            tasks = f"{done['opened']} new tasks, {done['closed']} closed" if done else "it ran already"
            await self._say(plain_toast(f"{numeral(done['found'] if done else 0)} found; {tasks}."))
        return QualityChecks.load

    async def _say(self, toast) -> None:
        (await self.get_state(Toaster)).latest = toast
