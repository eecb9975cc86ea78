"""What stands beside the form for a new record: who may be the same, used instead, or asked for."""

from dataclasses import replace

import reflex as rx

from crm_app.attention.access import ask_for_access
from crm_app.core import db
from crm_app.core.changes import kind as kind_of
from crm_app.core.errors import KithError
from crm_app.core.ids import fresh
from crm_app.core.text import clip
from crm_app.duplicates.meeting.queries import met
from crm_app.duplicates.meeting.rows import Met, Offer
from crm_app.duplicates.meeting.service import fill_in, offer
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

COMPARED = ("person", "company")
MOST_BUT = 200
ASKED = "The owner was asked. The answer comes to your inbox."


class Meeting(rx.State):
    """The answers to the form that is open in this tab; what is typed stays in the browser."""

    met: rx.Field[Met] = rx.field(default_factory=Met)
    offer: rx.Field[Offer] = rx.field(default_factory=Offer)

    @rx.event(supersedes=True)
    @allow("any")
    async def look(self, kind: str, values: dict[str, str], n: int, but: list[int]) -> None:
        if kind in COMPARED:
            self.met = await db.read(met, actor(), kind, values, n, but[:MOST_BUT])

    @rx.event
    @allow("any")
    async def choose(self, kind: str, id: int, values: dict[str, str]) -> None:
        """What the record could take of what was typed; with nothing to take it is chosen."""
        if kind not in COMPARED:
            return
        n = fresh()
        try:
            found = await db.read(offer, actor(), kind, id, _typed(kind, values))
        except KithError as refusal:
            self.offer = Offer(n, kind, id, problem=refusal.message)
            return
        self.offer = replace(found, n=n, done=not found.fills)

    @rx.event
    @allow("any")
    async def fill(self, kind: str, id: int, values: dict[str, str]) -> None:
        if kind not in COMPARED:
            return
        n, was = fresh(), self.offer
        try:
            done = await db.write(fill_in, actor(), kind, id, _typed(kind, values))
            found = await db.read(offer, actor(), kind, id, {})
        except KithError as refusal:
            self.offer = replace(was, n=n, problem=refusal.message)
            return
        if done is not None:
            (await self.get_state(Toaster)).latest = undo_toast(f"{found.name} has it now.", done.batch_id)
        self.offer = replace(found, n=n, done=True)

    @rx.event
    @allow("any")
    async def ask(self, kind: str, id: int) -> None:
        """Only for somebody hidden whom the panel names."""
        shown = [row for row in self.met.rows if (row.kind, row.id) == (kind, id) and not row.visible]
        if not shown:
            return
        toaster = await self.get_state(Toaster)
        try:
            await db.write(ask_for_access, actor(), kind, id)
        except KithError as refusal:
            toaster.latest = plain_toast(refusal.message, "bad")
            return
        rows = [replace(row, asked=True) if row.id == id else row for row in self.met.rows]
        self.met = replace(self.met, rows=rows)
        toaster.latest = plain_toast(ASKED)


def _typed(kind: str, values: dict[str, str]) -> dict[str, str]:
    """What the form of this kind asks for, cut to what a field holds."""
    form = kind_of(kind).form if kind in COMPARED else ()
    return {path: clip(text, 500) for path, text in values.items() if path in form}
