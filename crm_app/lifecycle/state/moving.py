"""The chain of states over a person's page: a press moves, and a state that asks for more opens a small dialog."""

from collections.abc import Iterable

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.identity.handlers import actor, allow
from crm_app.lifecycle.queries import AskedMove, Bar, asked_move, bar_of, missing_for
from crm_app.lifecycle.rules import STATES
from crm_app.lifecycle.service import move_person
from crm_app.records.address import record_in
from crm_app.records.page.state import RecordScreen
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

SHOWN = {"emails": "channel", "company_id": "company", "next_step": "work"}


class LifecycleMove(rx.State):
    """One move at a time waits for what is missing; what was typed stays in the dialog until it is left."""

    bar: rx.Field[Bar] = rx.field(default_factory=Bar)
    asking: rx.Field[bool] = rx.field(False)
    asked: rx.Field[AskedMove] = rx.field(default_factory=AskedMove)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: rx.Field[str] = rx.field("")
    _version: int = 0

    @rx.event
    @allow("person.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        try:
            self.bar = await db.read(bar_of, actor(), here[1]) if here and here[0] == "person" else Bar()
        except KithError:
            self.bar = Bar()

    @rx.event
    @allow("person.edit")
    async def choose(self, place: int):
        """Move at once where nothing is missing; on the way to a contact the dialog offers a company and a deal."""
        to = STATES[place] if 0 <= place < len(STATES) else ""
        self._version, self.errors, self.problem = self.bar.version, {}, ""
        return await self._try(to, {})

    @rx.event
    @allow("person.edit")
    async def convert(self) -> None:
        self._version, self.errors, self.problem = self.bar.version, {}, ""
        try:
            missing = await db.read(missing_for, actor(), self.bar.person_id, "contact")
        except KithError as refusal:
            await self._say(refusal.message)
            return
        await self._open("contact", missing)

    @rx.event
    @allow("person.edit")
    async def fill_in(self, values: dict[str, str]):
        if not self.asking:
            return None
        return await self._try(self.asked.to, values)

    @rx.event
    @allow("person.edit")
    async def cancel(self) -> None:
        self.asking = False

    async def _try(self, to: str, values: dict[str, str]):
        try:
            moved = await db.write(move_person, actor(), self.bar.person_id, to, values, self._version)
        except Invalid as refusal:
            if self.asking:
                self.errors, self.problem = dict(refusal.fields), self._unshown(refusal)
            elif "lifecycle" in refusal.fields:
                await self._say("Not moved. " + refusal.message)
            else:
                await self._open(to, list(refusal.fields))
            return None
        except KithError as refusal:
            if self.asking:
                self.problem = refusal.message + " Close this, look again, and repeat."
            else:
                await self._say("Not moved. " + refusal.message)
            return [LifecycleMove.load, RecordScreen.refresh]
        name = next((s.name for n, s in enumerate(self.bar.chain.steps) if STATES[n] == to), to)
        self.asking = False
        text = f"Moved to {name}. {moved.note}".strip()
        (await self.get_state(Toaster)).latest = undo_toast(text, moved.batch_id)
        return [LifecycleMove.load, RecordScreen.refresh]

    async def _open(self, to: str, missing: Iterable[str]) -> None:
        try:
            self.asked = await db.read(asked_move, actor(), self.bar.person_id, to, list(missing))
        except KithError as refusal:
            await self._say(refusal.message)
            return
        self.errors, self.problem, self.asking = {}, "", True

    def _unshown(self, refusal: Invalid) -> str:
        """Reasons for which the dialog has no place of their own."""
        shown = {p.field for p in self.asked.fields} | SHOWN.keys() | {"setback_reason", "deal_title", "deal_value"}
        return " ".join(reason for name, reason in refusal.fields.items() if name not in shown)

    async def _say(self, text: str) -> None:
        (await self.get_state(Toaster)).latest = plain_toast(text, "bad")
