"""The dialogs that make one deal of another: what was typed stays until it is saved, a second press does nothing."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.deals.copying import Clone, Split, clone_deal, split_deal
from crm_app.identity.handlers import actor, allow
from crm_app.ui import addresses
from crm_app.ui.overlay import Toaster, undo_toast

from .record import DealRecord

PARTS = ("value", "lines", "recurring", "contacts", "competitors", "tags")
NO_TITLE = {"title": "Title is required."}


def said(refusal: KithError, names: tuple[str, ...]) -> dict[str, str]:
    """A refusal under its fields; what has no field here stands under the last one."""
    fields = dict(refusal.fields) if isinstance(refusal, Invalid) else {"": refusal.message}
    other = " ".join(text for name, text in fields.items() if name not in names)
    found = {name: text for name, text in fields.items() if name in names}
    return found | ({names[-1]: " ".join(t for t in (found.get(names[-1], ""), other) if t)} if other else {})


class DealClone(rx.State):
    """A new deal like this one."""

    open: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("deal.create")
    async def start(self) -> None:
        self.errors, self.open = {}, True

    @rx.event
    @allow("deal.create")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("deal.create")
    async def create(self, values: dict[str, str]):
        shown = (await self.get_state(DealRecord)).deal
        if not self.open or shown is None:
            return None
        parts = frozenset(name for name in PARTS if values.get(name))
        title, day = values.get("title", "").strip(), values.get("expected_close_on", "").strip()
        if not title:
            self.errors = NO_TITLE
            return None
        wish = Clone(title, values.get("type", ""), parts, values.get("owner") != "same", day or None)
        try:
            made = await db.write(clone_deal, actor(), shown.id, wish)
        except KithError as refusal:
            self.errors = said(refusal, ("expected_close_on", "type", "title"))
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast("Deal cloned.", made.batch_id)
        return rx.redirect(addresses.DEAL.replace("[deal_id]", str(made.id)))


class DealSplit(rx.State):
    """A part of this deal becomes one of its own; `version` is the deal as it was when the dialog opened."""

    open: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    _version: int = 0

    @rx.event
    @allow("deal.edit")
    async def start(self) -> None:
        shown = (await self.get_state(DealRecord)).deal
        if shown is not None:
            self.errors, self.open, self._version = {}, True, shown.version

    @rx.event
    @allow("deal.edit")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("deal.edit")
    async def create(self, values: dict[str, str]):
        shown = (await self.get_state(DealRecord)).deal
        if not self.open or shown is None:
            return None
        title = values.get("title", "").strip()
        if not title:
            self.errors = NO_TITLE
            return None
        lines = frozenset(line.id for line in shown.lines if values.get(f"line{line.id}"))
        wish = Split(title, lines, values.get("amount", "").strip(), self._version)
        try:
            made = await db.write(split_deal, actor(), shown.id, wish)
        except KithError as refusal:
            self.errors = said(refusal, ("title", "amount"))
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast(f"{title} was split off.", made.batch_id)
        return DealRecord.load
