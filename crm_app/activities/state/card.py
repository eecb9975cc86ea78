"""The dialog of one activity, from anywhere: `ActivityCard.open(17)`, `ActivityCard.start({"deal_id": "4"})`."""

import asyncio
from dataclasses import dataclass, field, replace

import reflex as rx

from crm_app.activities import service
from crm_app.activities.queries.card import card_of, new_card
from crm_app.activities.rows import Card
from crm_app.core import db
from crm_app.core.errors import Conflict, Invalid, KithError
from crm_app.core.ids import fresh
from crm_app.core.text import clip, id_of
from crm_app.identity.handlers import actor, allow
from crm_app.records.files.service import attach_file
from crm_app.records.files.store import keep
from crm_app.records.guests import Guests, find_guests
from crm_app.records.tickets import once
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

CHANGED = "Somebody changed this in the meantime. Close it and open it again to see what stands now."


@dataclass(frozen=True)
class Saved:
    """How the last save of the dialog ended; without errors it closes."""

    n: int = 0
    errors: dict[str, str] = field(default_factory=dict)


class ActivityCard(rx.State):
    """What is typed stays in the browser until it is saved."""

    card: rx.Field[Card] = rx.field(default_factory=Card)
    saved: rx.Field[Saved] = rx.field(default_factory=Saved)
    guests: rx.Field[Guests] = rx.field(default_factory=Guests)
    _ticket: str = ""

    @rx.event
    @allow("activity.read")
    async def open(self, id: int) -> None:
        await self._show(id)

    @rx.event
    @allow("activity.read")
    async def open_named(self) -> None:
        """For a page whose address says `?activity=17`, as a reminder does."""
        wanted = id_of(self.router.url.query_parameters.get("activity", ""))
        if wanted is not None:
            await self._show(wanted)

    @rx.event
    @allow("activity.create")
    async def start(self, given: dict[str, str]) -> None:
        try:
            card = await db.read(new_card, actor(), {k: clip(v) for k, v in given.items()})
        except KithError as refusal:
            return await self._say(refusal.message)
        self.card = replace(card, n=fresh())
        return None

    @rx.event
    @allow("any")
    async def save(self, id: int, values: dict[str, str], version: int) -> None:
        """A `ticket` plans one activity, however often a line that stumbles brings it."""
        errors: dict[str, str] = {}
        ticket = values.pop("ticket", "")
        if not id and ticket and ticket == self._ticket:
            return
        try:
            wish = (service.save_activity, id, values, version or None)
            done = await db.write(once, actor(), "" if id else ticket, values, *wish)
        except Invalid as refusal:
            errors = dict(refusal.fields)
        except Conflict:
            errors = {"": CHANGED}
        except KithError as refusal:
            errors = {"": refusal.message}
        else:
            self._ticket = ticket
            (await self.get_state(Toaster)).latest = undo_toast("Saved." if id else "Planned.", done.batch_id)
        self.saved = Saved(fresh(), {_field(name): reason for name, reason in errors.items()})

    @rx.event
    @allow("activity.edit")
    async def finish(self, id: int, done: bool) -> None:
        try:
            made = await db.write(service.finish_activity, actor(), id, done=done)
        except KithError as refusal:
            return await self._say(refusal.message)
        (await self.get_state(Toaster)).latest = undo_toast("Done." if done else "Open again.", made.batch_id)
        return None

    @rx.event
    @allow("activity.delete")
    async def remove(self, id: int) -> None:
        try:
            done = await db.write(service.delete_activity, actor(), id)
        except KithError as refusal:
            return await self._say(refusal.message)
        (await self.get_state(Toaster)).latest = undo_toast("Deleted.", done.batch_id)
        return None

    @rx.event
    @allow("activity.read")
    async def answer(self, id: int, response: str) -> None:
        try:
            await db.write(service.answer_invitation, actor(), id, response)
        except KithError as refusal:
            return await self._say(refusal.message)
        await self._show(id)
        return None

    @rx.event(supersedes=True)
    @allow("activity.read")
    async def look_up(self, text: str) -> None:
        self.guests = await db.read(find_guests, actor(), clip(text))

    @rx.event
    @allow("file.create")
    async def receive(self, files: list[rx.UploadFile]) -> None:
        """A recording, or any other file, for the activity that is open."""
        for file in files:
            try:
                stored = await asyncio.to_thread(keep, file.file)
                await db.write(attach_file, actor(), "activity", self.card.id, file.filename or "file", stored)
            except KithError as refusal:
                await self._say(f"Not added. {refusal.message}")
        if self.card.id:
            card = await db.read(card_of, actor(), self.card.id)
            self.card = replace(card, n=self.card.n)

    async def _show(self, id: int) -> None:
        try:
            card = await db.read(card_of, actor(), id)
        except KithError as refusal:
            return await self._say(refusal.message)
        self.card = replace(card, n=fresh())
        return None

    async def _say(self, text: str) -> None:
        (await self.get_state(Toaster)).latest = plain_toast(text, "bad")


def _field(name: str) -> str:
    """Where the dialog shows what the catalogue found wrong."""
    return {"due_at": "day", "duration_minutes": "minutes", "remind_minutes": "remind"}.get(name, name)
