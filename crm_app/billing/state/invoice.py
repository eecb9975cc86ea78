"""The page of one invoice: a draft is issued here, payments are recorded, credits are given."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.billing import service
from crm_app.billing.queries.pages import invoice_page
from crm_app.billing.queries.rows import InvoicePage
from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.identity.handlers import actor, allow
from crm_app.quotes.queries.stored import organisation_today
from crm_app.records.address import record_in
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

from .typed import amount_in, day_in

DIALOGS = ("payment", "refund", "credit", "cancel", "edit")


class InvoiceScreen(rx.State):
    """What the page shows; `dialog` is the one that is open, `wrong` what is said in it, by field."""

    page: rx.Field[InvoicePage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    dialog: rx.Field[str] = rx.field("")
    wrong: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: rx.Field[str] = rx.field("")
    today: rx.Field[str] = rx.field("")

    @rx.event
    @allow("invoice.read")
    async def load(self) -> None:
        here = record_in(self.router.url.path)
        if self.page is not None and here != ("invoice", self.page.id):
            self.page, self.dialog = None, ""
        await self._refresh()

    @rx.event
    @allow("invoice.edit")
    async def open_dialog(self, name: str) -> None:
        if name in DIALOGS and self.page is not None:
            self.dialog, self.wrong, self.problem = name, {}, ""
            self.today = organisation_today().isoformat()

    @rx.event
    @allow("invoice.read")
    async def close(self) -> None:
        self.dialog = ""

    @rx.event
    @allow("invoice.edit")
    async def issue(self) -> None:
        number = await self._do(service.issue_invoice, lambda page: (page.version,))
        if number:
            (await self.get_state(Toaster)).latest = plain_toast(f"Issued as {number}.")

    @rx.event
    @allow("invoice.edit")
    async def submit(self, values: dict[str, str]) -> None:
        """Whatever dialog is open."""
        name, sign = self.dialog, -1 if self.dialog == "refund" else 1
        if name in ("payment", "refund"):
            told = {"method": values.get("method", "other"), "reference": values.get("reference", "").strip()[:200]}
            await self._do(
                service.record_payment,
                lambda page: (sign * _amount(values, page), day_in(values, "paid_on")),
                lambda page: told | {"expected": page.version},
            )
        elif name == "credit":
            reason = values.get("reason", "")
            await self._do(service.credit_invoice, lambda page: (_amount(values, page), reason, page.version))
        elif name == "cancel":
            await self._do(service.cancel_invoice, lambda page: (values.get("reason", ""), page.version))
        elif name == "edit":
            await self._do(service.edit_draft, lambda page: (values, page.version))

    @rx.event
    @allow("invoice.edit")
    async def remove_payment(self, payment_id: int) -> None:
        done = await self._do(service.remove_payment, lambda page: (payment_id,))
        if done is not None:
            (await self.get_state(Toaster)).latest = undo_toast("Payment removed.", done.batch_id)

    async def _do(
        self,
        command: Callable[..., Any],
        given: Callable[[InvoicePage], tuple[Any, ...]],
        named: Callable[[InvoicePage], dict[str, Any]] = lambda page: {},
    ) -> Any:
        """What the command answered (True for nothing); None where it was refused, with the reason shown."""
        if self.page is None:
            return None
        self.wrong, self.problem = {}, ""
        try:
            done = await db.write(command, actor(), self.page.id, *given(self.page), **named(self.page))
        except KithError as refusal:
            self.wrong = dict(refusal.fields) if isinstance(refusal, Invalid) else {}
            items = getattr(refusal, "items", [])
            self.problem = "" if self.wrong else refusal.message + (f" {', '.join(items)}." if items else "")
            if not self.dialog:
                (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
                await self._refresh()
            return None
        self.dialog = ""
        await self._refresh()
        return True if done is None else done

    async def _refresh(self) -> None:
        here = record_in(self.router.url.path)
        try:
            found = await db.read(invoice_page, actor(), here[1]) if here and here[0] == "invoice" else None
        except KithError:
            found = None
        self.page, self.missing = found, found is None


def _amount(values: dict[str, str], page: InvoicePage) -> int:
    return amount_in(values, page.raw["currency"], actor().locale)
