"""The timeline of the record whose page is open: pages by key, the composer, and what is done with an entry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import Applied
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.records.address import record_in
from crm_app.records.guests import Guests, find_guests
from crm_app.records.tickets import once
from crm_app.timeline import service
from crm_app.timeline.colleagues import Colleague, find_colleagues
from crm_app.timeline.queries import PAGE, timeline_of
from crm_app.timeline.rows import Event
from crm_app.timeline.rules import Wish, read_wish

MOST = 200


@dataclass(frozen=True)
class Answer:
    """Events of the record; with `after` they continue what is shown, without they replace it. n grows."""

    n: int = 0
    record: str = ""
    after: str = ""
    heads: list[Event] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class Written:
    """How the last entry of the composer ended, and the ticket of the last that was saved; `me` tells drafts of several
    people on one machine apart.
    """

    n: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    me: str = ""
    ticket: str = ""


class TimelineView(rx.State):
    """What the page shows of the timeline; the browser keeps the pages that came before."""

    answer: rx.Field[Answer] = rx.field(default_factory=Answer)
    written: rx.Field[Written] = rx.field(default_factory=Written)
    colleagues: rx.Field[list[Colleague]] = rx.field(default_factory=list)
    guests: rx.Field[Guests] = rx.field(default_factory=Guests)
    may_write: rx.Field[bool] = rx.field(False)
    _wish: Wish = Wish()
    _ticket: str = ""
    _shown: int = PAGE

    @rx.event
    @allow("any")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        if self.answer.record != str(here):
            self._wish, self._shown, self.answer = Wish(), PAGE, Answer(self.answer.n, str(here))
        self.written = Written(self.written.n, {}, str(actor().id), self._ticket)
        self.may_write = may(actor(), "activity.create")
        await self._refresh()

    @rx.event
    @allow("any")
    async def ask(self, kinds: str, text: str, after: str) -> None:
        wish = read_wish(clip(kinds), clip(text), clip(after))
        if wish.after is None:
            self._wish, self._shown = wish, PAGE
            return await self._refresh()
        here = record_in(self.router.url.path)
        if here is None:
            return None
        found = await db.read(timeline_of, actor(), *here, wish)
        self._shown += len(found.events)
        self.answer = Answer(self.answer.n + 1, str(here), clip(after), self.answer.heads, found.events, found.more)
        return None

    @rx.event
    @allow("any")
    async def refresh(self) -> None:
        await self._refresh()

    @rx.event
    @allow("activity.create")
    async def write(self, values: dict[str, str]) -> None:
        """A `ticket` makes one entry, however often a line that stumbles brings it."""
        here, ticket = record_in(self.router.url.path), values.pop("ticket", "")
        if here is None or (ticket and ticket == self._ticket):
            return
        errors: dict[str, str] = {}
        try:
            entry = service.NewEntry.parse(values, actor().zone)
            await db.write(once, actor(), ticket, [str(here), values], service.add_entry, *here, entry)
        except Invalid as refusal:
            errors = dict(refusal.fields)
        except KithError as refusal:
            errors = {"body": refusal.message}
        self._ticket = self._ticket if errors else ticket
        self.written = Written(self.written.n + 1, errors, str(actor().id), self._ticket)
        if not errors:
            await self._refresh()

    @rx.event(supersedes=True)
    @allow("user.read")
    async def look_up(self, text: str) -> None:
        self.colleagues = await db.read(find_colleagues, actor(), clip(text))

    @rx.event(supersedes=True)
    @allow("activity.read")
    async def look_up_guests(self, text: str) -> None:
        self.guests = await db.read(find_guests, actor(), clip(text))

    @rx.event
    @allow("activity.edit")
    async def finish(self, id: int, done: bool) -> None:
        await self._do("Marked as done." if done else "Open again.", service.finish_entry, id, done=done)

    @rx.event
    @allow("activity.edit")
    async def pin(self, id: int, pinned: bool) -> None:
        await self._do("", service.pin_entry, id, pinned=pinned)

    @rx.event
    @allow("activity.edit")
    async def correct(self, id: int, subject: str, body: str, version: int) -> None:
        await self._do("", service.correct_entry, id, subject, body, version)

    @rx.event
    @allow("any")
    async def remove(self, kind: str, id: int) -> None:
        command = service.remove_file if kind == "file" else service.remove_entry
        await self._do("Deleted.", command, id)

    async def _refresh(self) -> None:
        here = record_in(self.router.url.path)
        try:
            found = await db.read(timeline_of, actor(), *here, self._wish, min(self._shown, MOST)) if here else None
        except KithError:
            found = None
        if found is not None:
            self.answer = Answer(self.answer.n + 1, str(here), "", found.heads, found.events, found.more)

    async def _do(self, told: str, command: Callable[..., Applied], *args: Any, **kwargs: Any) -> None:
        await carry_out(self, command, *args, **kwargs, said=told, refused="Not saved.")
        await self._refresh()
