"""The page of one order: its invoices are made here, by share, by schedule, by quantity or all at once."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.billing import service
from crm_app.billing.queries.pages import order_page
from crm_app.billing.queries.rows import OrderPage
from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.identity.handlers import actor, allow
from crm_app.records.address import record_in
from crm_app.ui.overlay import Toaster, plain_toast

from .typed import quantities_in, schedule_in, share_in

DIALOGS = ("deposit", "share", "part", "schedule", "cancel")
BLANK_ROWS = 3


class OrderScreen(rx.State):
    """What the page shows; `dialog` is the one that is open, `wrong` what is said in it, by field."""

    page: rx.Field[OrderPage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    dialog: rx.Field[str] = rx.field("")
    wrong: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: rx.Field[str] = rx.field("")
    rows: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)

    @rx.event
    @allow("order.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        if self.page is not None and here != ("order", self.page.id):
            self.page, self.dialog = None, ""
        await self._refresh()

    @rx.event
    @allow("order.edit")
    async def open_dialog(self, name: str) -> None:
        if name not in DIALOGS or self.page is None:
            return
        parts = [{"label": p.label, "share": p.share, "days": p.days} for p in self.page.parts]
        blank = [{"label": "", "share": "", "days": "14"} for _ in range(BLANK_ROWS)]
        self.rows = [{"n": str(n), **row} for n, row in enumerate(parts + blank)]
        self.dialog, self.wrong, self.problem = name, {}, ""

    @rx.event
    @allow("order.read")
    async def close(self) -> None:
        self.dialog = ""

    @rx.event
    @allow("invoice.create")
    async def invoice_rest(self):
        return await self._draft(service.draft_rest)

    @rx.event
    @allow("invoice.create")
    async def invoice_next(self):
        return await self._draft(service.draft_instalment)

    @rx.event
    @allow("invoice.create")
    async def submit(self, values: dict[str, str]):
        """Whatever dialog is open."""
        if self.dialog in ("deposit", "share"):
            purpose = "deposit" if self.dialog == "deposit" else "part"
            return await self._draft(service.draft_share, lambda: (share_in(values, actor().locale), purpose))
        if self.dialog == "part":
            return await self._draft(service.draft_part, lambda: (quantities_in(values, actor().locale),))
        if self.dialog == "schedule":
            version = self.page.version if self.page else 0
            await self._do(service.set_schedule, lambda: (schedule_in(values, actor().locale), version))
        elif self.dialog == "cancel":
            await self._do(service.cancel_order)
        return None

    async def _draft(self, command: Callable[..., int], given: Callable[[], tuple[Any, ...]] = tuple):
        """The page of the new draft, or what is wrong."""
        made = await self._do(command, given)
        return rx.redirect(f"/invoices/{made}") if isinstance(made, int) else None

    async def _do(self, command: Callable[..., Any], given: Callable[[], tuple[Any, ...]] = tuple) -> Any:
        if self.page is None:
            return None
        self.wrong, self.problem = {}, ""
        try:
            done = await db.write(command, actor(), self.page.id, *given())
        except Invalid as refusal:
            self.wrong = dict(refusal.fields)
            self.problem = "" if self.dialog in ("deposit", "share") else refusal.message
            await self._say(refusal)
        except KithError as refusal:
            items = getattr(refusal, "items", [])
            self.problem = refusal.message + (f" {', '.join(items)}." if items else "")
            await self._say(refusal)
        else:
            self.dialog = ""
            await self._refresh()
            return done
        return None

    async def _say(self, refusal: KithError) -> None:
        """Without a dialog there is only the message."""
        if not self.dialog:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            await self._refresh()

    async def _refresh(self) -> None:
        here = record_in(self.router.url.path)
        try:
            found = await db.read(order_page, actor(), here[1]) if here and here[0] == "order" else None
        except KithError:
            found = None
        self.page, self.missing = found, found is None
