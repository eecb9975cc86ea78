"""The rules for all quotes: one form."""

from dataclasses import dataclass

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Invalid, KithError
from crm_app.core.numbers import milli_text
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import decide
from crm_app.quotes.queries.stored import policy_row
from crm_app.quotes.service import save_policy
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


@dataclass(frozen=True)
class RulesForm:
    """The rules as they are typed."""

    price_mode: str
    rounding: str
    rounding_mode: str
    valid_days: str
    tax: str
    terms: str
    most_discount: str
    least_margin: str
    editable: bool


def rules_form(session: Session, actor: Principal) -> RulesForm:
    """What holds now."""
    row = policy_row(session)
    limits = ("most_discount_milli", "least_margin_milli")
    share = {n: "" if row[n] is None else milli_text(row[n], actor.locale) for n in limits}
    return RulesForm(
        row["price_mode"],
        row["rounding"],
        row["rounding_mode"],
        str(row["valid_days"]),
        milli_text(row["tax_milli"], actor.locale),
        row["terms"],
        share["most_discount_milli"],
        share["least_margin_milli"],
        decide(actor, "edit", "price_book").allowed,
    )


class QuoteRules(rx.State):
    """The form and what is wrong in it."""

    form: rx.Field[RulesForm | None] = rx.field(None)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("quote.read")
    async def load(self) -> None:
        self.form, self.errors = await db.read(rules_form, actor()), {}

    @rx.event
    @allow("price_book.edit")
    async def save(self, values: dict[str, str]) -> None:
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(save_policy, actor(), values)
        except Invalid as refusal:
            self.errors = dict(refusal.fields)
        except KithError as refusal:
            toaster.latest = plain_toast(refusal.message, "bad")
        else:
            self.errors = {}
            toaster.latest = undo_toast("Rules saved. They hold for new quotes.", done.batch_id)
