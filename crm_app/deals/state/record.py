"""The page of one deal: inline edit with the version seen, conflicts shown as yours, theirs and the original."""

from dataclasses import dataclass

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import Applied
from crm_app.core.errors import Conflict, Invalid, KithError, NotFound
from crm_app.core.text import id_of
from crm_app.deals.queries import DealPage, deal_page, property_as
from crm_app.deals.rows import edit_row
from crm_app.deals.service import edit_deal
from crm_app.identity.handlers import actor, allow
from crm_app.records.changer import SOMEBODY, changed_by
from crm_app.records.properties import Property
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, undo_toast


@dataclass(frozen=True)
class Clash:
    """One field that two people changed; `version` is the one now in force."""

    field: str = ""
    label: str = ""
    yours: str = ""
    yours_typed: str = ""
    theirs: str = ""
    original: str = ""
    version: int = 0
    who: str = SOMEBODY


def id_in(path: str) -> int | None:
    """The number at the end of an address such as /deals/17."""
    return id_of(path.rstrip("/").rsplit("/", 1)[-1])


def changed_text(properties: list[Property], name: str) -> str:
    """What a message says about a saved property."""
    found = next((p for p in properties if p.field == name), None)
    if found is None:
        return "Saved."
    return f"{found.label} changed to {found.value}." if found.value else f"{found.label} cleared."


class DealRecord(rx.State):
    """What the page shows of one deal."""

    deal: rx.Field[DealPage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)
    clash: rx.Field[Clash] = rx.field(default_factory=Clash)
    clashing: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("deal.read")
    async def load(self) -> None:
        wanted = id_in(self.router.url.path)
        if self.deal is not None and self.deal.id != wanted:
            self.deal = None
        try:
            if wanted is None:
                raise NotFound
            self.deal = await db.read(deal_page, actor(), wanted)
            self.missing = False
        except KithError:
            self.deal, self.missing = None, True

    @rx.event
    @allow("deal.edit")
    async def save_field(self, name: str, raw: str, version: int) -> None:
        await self._save(name, raw, version)

    async def _save(self, name: str, raw: str, version: int) -> None:
        if self.deal is None:
            return
        try:
            done = await self._write(self.deal.id, name, raw, version)
        except Conflict as conflict:
            await self._show_clash(name, raw, conflict)
        except Invalid as refusal:
            self._answer(name, refusal.fields.get(name.rpartition(".")[2]) or refusal.message)
        except KithError as refusal:
            self._answer(name, refusal.message)
        else:
            await self._saved(name, done)

    @rx.event
    @allow("deal.edit")
    async def keep_mine(self, values: dict[str, str]) -> None:
        clash, self.clashing = self.clash, False
        await self._save(clash.field, clash.yours_typed, clash.version)

    @rx.event
    @allow("deal.read")
    async def keep_theirs(self) -> None:
        self.clashing = False
        self._answer(self.clash.field, "")

    async def _write(self, deal_id: int, name: str, raw: str, version: int) -> Applied:
        """A property, or one of a part: `lines.7.quantity`."""
        part, _, rest = name.partition(".")
        row_id, _, field = rest.partition(".")
        if part in ("lines", "competitors") and (id := id_of(row_id)) is not None:
            return await db.write(edit_row, actor(), deal_id, part, id, field, raw, version)
        return await db.write(edit_deal, actor(), deal_id, name, raw, version)

    async def _saved(self, name: str, done: Applied) -> None:
        self.deal = await db.read(deal_page, actor(), done.id)
        self._answer(name, "")
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast(changed_text(self.deal.properties, name), done.batch_id)

    async def _show_clash(self, name: str, raw: str, conflict: Conflict) -> None:
        if self.deal is None:
            return
        now = await db.read(deal_page, actor(), self.deal.id)
        label = next((p.label for p in now.properties if p.field == name), name)
        found = next((c for c in conflict.conflicts if c.field == name), conflict.conflicts[0])
        yours, theirs, original = [
            await db.read(property_as, actor(), now.id, found.field, value)
            for value in (found.yours, found.theirs, found.original)
        ]
        by = await db.read(changed_by, actor(), "deal", now.id, found.field)
        self.clash = Clash(name, label, yours, raw, theirs, original, conflict.version, by)
        self.deal, self.clashing = now, True
        self._answer(name, "Somebody changed this while you were writing.")

    def _answer(self, name: str, error: str) -> None:
        self.answer = EditAnswer(self.answer.n + 1, name, error)
