"""What is done with a whole quote: approval, sending, links, versions, copies."""

from typing import Literal

import reflex as rx

from crm_app.core import db
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, KithError
from crm_app.identity.handlers import actor, allow
from crm_app.quotes.service import (
    answer_approval,
    ask_approval,
    clone_quote,
    make_version,
    new_link,
    revoke_links,
    send_quote,
)
from crm_app.ui import addresses
from crm_app.ui.overlay import Toaster, plain_toast

from .record import QuoteRecord, carry_out

Question = Literal["", "send", "ask", "approve", "refuse", "revoke"]
LINK = "/q/"


def address_of(quote_id: int) -> str:
    """The page of a quote."""
    return addresses.QUOTE.replace("[quote_id]", str(quote_id))


class QuoteActions(rx.State):
    """Which question stands open, why it could not be done, and the link that was just made."""

    question: rx.Field[str] = rx.field("")
    errors: rx.Field[list[str]] = rx.field(default_factory=list)
    link: rx.Field[str] = rx.field("")

    @rx.event
    @allow("quote.edit")
    async def ask(self, question: Question) -> None:
        self.question, self.errors = question, []

    @rx.event
    @allow("quote.read")
    async def close(self) -> None:
        self.question, self.errors, self.link = "", [], ""

    @rx.event
    @allow("quote.edit")
    async def answer(self, values: dict[str, str]):
        """The dialog's button; what is missing is said in it, and it stays open."""
        quote = (await self.get_state(QuoteRecord)).quote
        if quote is None:
            return None
        note = values.get("note", "").strip()
        try:
            match self.question:
                case "send":
                    token = (await db.write(send_quote, actor(), quote.id, quote.version)).token
                    self.link = settings().base_url + LINK + token
                case "ask":
                    await db.write(ask_approval, actor(), quote.id, note)
                case "approve" | "refuse":
                    await db.write(answer_approval, actor(), quote.id, self.question == "approve", note)
                case "revoke":
                    await db.write(revoke_links, actor(), quote.id)
        except Invalid as refusal:
            self.errors = list(refusal.fields.values())
        except KithError as refusal:
            self.errors = [refusal.message]
        else:
            self.question, self.errors = "", []
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def make_link(self):
        quote = (await self.get_state(QuoteRecord)).quote
        if quote is None:
            return None
        try:
            self.link = settings().base_url + LINK + await db.write(new_link, actor(), quote.id)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
        return QuoteRecord.load

    @rx.event
    @allow("quote.edit")
    async def new_version(self):
        done = await carry_out(self, make_version, told="New version made.")
        return rx.redirect(address_of(done.id)) if done else QuoteRecord.load

    @rx.event
    @allow("quote.create")
    async def clone(self):
        done = await carry_out(self, clone_quote, told="Quote cloned.")
        return rx.redirect(address_of(done.id)) if done else QuoteRecord.load
