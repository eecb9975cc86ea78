"""The inbox and Home."""

from dataclasses import dataclass, field

import reflex as rx
from sqlmodel import Session

from crm_app.attention.access import decline_access, give_access
from crm_app.attention.queries import DealRow, NoteRow, TaskRow, deals_to_move, inbox, mark_read, tasks_of, unread_count
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.clock import now
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.records.recent import RecentRow, recent_records
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


@dataclass(frozen=True)
class Day:
    """What Home shows."""

    deals: list[DealRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    recent: list[RecentRow] = field(default_factory=list)
    mentions: list[NoteRow] = field(default_factory=list)


def day_of(session: Session, who: Principal) -> Day:
    """All of it in one reading."""
    mentions, _ = inbox(session, who, only="mention")
    return Day(deals_to_move(session, who), tasks_of(session, who), recent_records(session, who, 8), mentions[:6])


class Inbox(rx.State):
    """The notes of the viewer, newest first; `unread` is the count beside the bell, told also from outside."""

    notes: rx.Field[list[NoteRow]] = rx.field(default_factory=list)
    unread: rx.Field[int] = rx.field(0)
    more: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        self.notes, self.more = await db.read(inbox, actor())
        self.unread, self.loaded = await db.read(unread_count, actor()), True

    @rx.event
    @allow("any")
    async def older(self) -> None:
        if self.notes and len(self.notes) < 200:
            found, self.more = await db.read(inbox, actor(), before=self.notes[-1].id)
            self.notes = [*self.notes, *found]

    @rx.event
    @allow("any")
    async def open_note(self, id: int):
        path = next((n.path for n in self.notes if n.id == id), "")
        await self._read([id])
        return rx.redirect(path) if path.startswith("/") else None

    @rx.event
    @allow("any")
    async def mark(self, id: int) -> None:
        await self._read([id])

    @rx.event
    @allow("any")
    async def mark_all(self) -> None:
        await self._read(None)

    @rx.event
    @allow("any")
    async def give_access(self, id: int) -> None:
        try:
            done = await db.write(give_access, actor(), id)
            (await self.get_state(Toaster)).latest = undo_toast("Handed over.", done.batch_id)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
        await self._read([])

    @rx.event
    @allow("any")
    async def decline_access(self, id: int) -> None:
        await carry_out(self, decline_access, id)
        await self._read([])

    async def _read(self, ids: list[int] | None) -> None:
        await db.write(mark_read, actor(), ids)
        self.notes, self.more = await db.read(inbox, actor())
        self.unread = await db.read(unread_count, actor())


class HomeScreen(rx.State):
    """The viewer's day."""

    day: rx.Field[Day] = rx.field(default_factory=Day)
    loaded: rx.Field[bool] = rx.field(False)
    failure: rx.Field[str] = rx.field("")

    @rx.event
    @allow("any")
    async def load(self) -> None:
        try:
            self.day, self.failure = await db.read(day_of, actor()), ""
        except KithError as refusal:
            self.failure = refusal.message
        self.loaded = True

    @rx.event
    @allow("activity.edit")
    async def finish(self, id: int) -> None:
        await carry_out(self, apply, Change("activity", id, {"done_at": now()}), said="Done.", refused="Not saved.")
        self.day = await db.read(day_of, actor())
