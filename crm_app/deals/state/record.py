"""The page of one deal: inline edit with the version seen, conflicts shown as yours, theirs and the original."""

from dataclasses import dataclass

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Conflict, Invalid, KithError, NotFound
from crm_app.deals.queries import DealPage, deal_page
from crm_app.deals.service import edit_deal
from crm_app.identity.handlers import actor, allow
from crm_app.ui.inputs import EditAnswer


@dataclass(frozen=True)
class Clash:
    """One field that two people changed; `version` is the one now in force."""

    field: str = ""
    label: str = ""
    yours: str = ""
    theirs: str = ""
    original: str = ""
    version: int = 0


def id_in(path: str) -> int | None:
    """The number at the end of an address such as /deals/17."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 17 else None


def shown(page: DealPage | None, name: str) -> str:
    """A property as the page displays it; a dash when empty."""
    found = [p.value for p in (page.properties if page else []) if p.field == name]
    return (found[0] if found else "") or "–"


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

    @rx.event
    @allow("deal.edit")
    async def keep_mine(self, values: dict[str, str]) -> None:
        clash, self.clashing = self.clash, False
        await self._save(clash.field, clash.yours, clash.version)

    @rx.event
    @allow("deal.read")
    async def keep_theirs(self) -> None:
        self.clashing = False
        self._answer(self.clash.field, "")

    async def _save(self, name: str, raw: str, expected: int) -> None:
        if self.deal is None:
            return
        deal_id = self.deal.id
        try:
            await db.write(edit_deal, actor(), deal_id, name, raw, expected)
        except Conflict as conflict:
            await self._show_clash(name, raw, conflict)
        except Invalid as refusal:
            self._answer(name, refusal.fields.get(name) or refusal.message)
        except KithError as refusal:
            self._answer(name, refusal.message)
        else:
            self.deal = await db.read(deal_page, actor(), deal_id)
            self._answer(name, "")

    async def _show_clash(self, name: str, raw: str, conflict: Conflict) -> None:
        if self.deal is None:
            return
        before, now = self.deal, await db.read(deal_page, actor(), self.deal.id)
        label = next((p.label for p in now.properties if p.field == name), name)
        self.clash = Clash(name, label, raw, shown(now, name), shown(before, name), conflict.version)
        self.deal, self.clashing = now, True
        self._answer(name, "Somebody changed this while you were writing.")

    def _answer(self, name: str, error: str) -> None:
        self.answer = EditAnswer(self.answer.n + 1, name, error)
