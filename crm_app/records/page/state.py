"""The page of one person or company: inline edit with the version seen, conflicts as yours, theirs and the original."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.errors import Conflict, Invalid, KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.records import editing
from crm_app.records.address import path_of, record_in
from crm_app.records.changer import SOMEBODY, changed_by
from crm_app.records.page.queries import record_page
from crm_app.records.page.rows import Panel, RecordPage
from crm_app.records.page.walk import Walk, walk_of
from crm_app.records.panels import hints_of, panels_of
from crm_app.records.reading import forwarded
from crm_app.records.recent import note_view
from crm_app.records.state import RefSearch
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, undo_toast


@dataclass(frozen=True)
class Clash:
    """One field that two people changed; `version` is the one now in force, `raw` what you typed."""

    field: str = ""
    label: str = ""
    yours: str = ""
    theirs: str = ""
    original: str = ""
    raw: str = ""
    version: int = 0
    who: str = SOMEBODY


def shown(page: RecordPage | None, name: str) -> str:
    """A property as the page displays it; a dash when empty."""
    found = [p.value for p in (page.properties if page else []) if p.field == name]
    return (found[0] if found else "") or "–"


def _read(session: Session, who: Principal, name: str, id: int) -> tuple[RecordPage, list[Panel]]:
    page = replace(record_page(session, who, name, id), hints=hints_of(session, who, name, id))
    return page, panels_of(session, who, name, id)


class ListWalk(rx.State):
    """The way along the list that the record of the address was opened from, for every page of a record."""

    walk: rx.Field[Walk] = rx.field(default_factory=Walk)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        query = self.router.url.query_parameters.get("list", "")
        self.walk = await db.read(walk_of, actor(), *here, query) if here else Walk()

    @rx.event
    @allow("any")
    async def note(self) -> None:
        """The record was looked at; written last, so that nobody waits for it."""
        if here := record_in(self.router.url.path):
            await db.write(note_view, actor(), *here)


class RecordScreen(rx.State):
    """What the page shows of one record."""

    page: rx.Field[RecordPage | None] = rx.field(None)
    panels: rx.Field[list[Panel]] = rx.field(default_factory=list)
    missing: rx.Field[bool] = rx.field(False)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)
    clash: rx.Field[Clash] = rx.field(default_factory=Clash)
    clashing: rx.Field[bool] = rx.field(False)
    may_attach: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self):
        here = record_in(self.router.url.path)
        if self.page is not None and (self.page.kind, self.page.id) != here:
            self.page, self.panels = None, []
        self.may_attach = may(actor(), "file.create")
        await self._refresh()
        return None if self.page is not None else await self._follow()

    @rx.event
    @allow("any")
    async def refresh(self):
        await self._refresh()
        return await self._follow()

    @rx.event
    @allow("any")
    async def save_field(self, name: str, raw: str, version: int) -> None:
        await self._save(name, raw, version)

    @rx.event
    @allow("any")
    async def keep_mine(self, values: dict[str, str]) -> None:
        clash, self.clashing = self.clash, False
        await self._save(clash.field, clash.raw, clash.version)

    @rx.event
    @allow("any")
    async def keep_theirs(self) -> None:
        self.clashing = False
        self._answer(self.clash.field, "")

    @rx.event
    @allow("any")
    async def save_part(self, part: str, row: int, values: dict[str, str]) -> None:
        await self._part(part, editing.save_part, part, row, values)

    @rx.event
    @allow("any")
    async def remove_part(self, part: str, row: int) -> None:
        done = await self._part(part, editing.remove_part, part, row)
        if done is not None:
            (await self.get_state(Toaster)).latest = undo_toast("Removed.", done.batch_id)

    @rx.event
    @allow("any")
    async def make_primary(self, part: str, row: int) -> None:
        await self._part(part, editing.make_primary, part, row)

    @rx.event
    @allow("any")
    async def add_tag(self, word: str) -> None:
        await self._part("tags", editing.add_tag, clip(word, 60))

    @rx.event
    @allow("any")
    async def remove_tag(self, id: int) -> None:
        await self._part("tags", editing.remove_tag, id)

    async def _part(self, field: str, command: Callable[..., Applied], *args: Any) -> Applied | None:
        """One command on the record of this page; a refusal stands beside the field."""
        done, error = None, ""
        if self.page is None:
            return None
        try:
            done = await db.write(command, actor(), self.page.kind, self.page.id, *args)
        except KithError as refusal:
            error = refusal.message
        await self._refresh()
        self._answer(field, error)
        return done

    async def _save(self, name: str, raw: str, expected: int) -> None:
        if self.page is None:
            return
        kind, id = self.page.kind, self.page.id
        try:
            await db.write(editing.edit_field, actor(), kind, id, name, raw, expected)
        except Conflict as conflict:
            await self._show_clash(name, raw, conflict)
        except Invalid as refusal:
            self._answer(name, refusal.fields.get(name) or refusal.message)
        except KithError as refusal:
            self._answer(name, refusal.message)
        else:
            await self._refresh()
            self._answer(name, "")

    async def _show_clash(self, name: str, raw: str, conflict: Conflict) -> None:
        before = self.page
        await self._refresh()
        label = next((p.label for p in (self.page.properties if self.page else []) if p.field == name), name)
        original = next((str(c.original or "–") for c in conflict.conflicts if c.field == name), "–")
        was = shown(before, name) if shown(before, name) != shown(self.page, name) else original
        found = (await self.get_state(RefSearch)).found
        yours = next((o.name for o in found.options if o.id == raw), raw) or "–"
        here = (self.page.kind, self.page.id) if self.page else ("", 0)
        by = await db.read(changed_by, actor(), *here, name) if self.page else SOMEBODY
        self.clash = Clash(name, label, yours, shown(self.page, name), was, raw, conflict.version, by)
        self.clashing = True
        self._answer(name, "Somebody changed this while you were writing.")

    async def _refresh(self) -> None:
        here = record_in(self.router.url.path)
        try:
            found = await db.read(_read, actor(), *here) if here else None
        except KithError:
            found = None
        self.page, self.panels = found or (None, [])
        self.missing = found is None

    async def _follow(self):
        """To the record into which this one was merged."""
        here = record_in(self.router.url.path)
        if self.page is not None or here is None:
            return None
        into = await db.read(forwarded, actor(), *here)
        return rx.redirect(path_of(here[0], into), replace=True) if into is not None else None

    def _answer(self, name: str, error: str) -> None:
        self.answer = EditAnswer(self.answer.n + 1, name, error)
