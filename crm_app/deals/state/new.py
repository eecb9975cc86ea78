"""The dialog for a new deal: choices are read when it opens, errors come back under their fields."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.deals.queries import DealChoices, deal_choices
from crm_app.deals.service import NewDeal, create_deal
from crm_app.identity.handlers import actor, allow
from crm_app.ui import addresses
from crm_app.ui.overlay import Toaster, plain_toast


class NewDealForm(rx.State):
    """One empty form; what was typed stays in the browser until it is saved."""

    open: rx.Field[bool] = rx.field(False)
    choices: rx.Field[DealChoices] = rx.field(default_factory=DealChoices)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("deal.create")
    async def start(self) -> None:
        self.choices = await db.read(deal_choices, actor())
        self.errors, self.open = {}, True

    @rx.event
    @allow("deal.create")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("deal.create")
    async def create(self, values: dict[str, str]):
        if not self.open:  # the second press of two
            return None
        if values.get("company_id_text", "").strip() and not values.get("company_id"):
            self.errors = {"company_id": "Choose a company from the list, or leave this empty."}
            return None
        wanted = {k: v.strip() for k, v in values.items() if k != "company_id_text"}
        try:
            deal_id = await db.write(create_deal, actor(), NewDeal.parse(wanted))
        except KithError as refusal:
            self.errors = field_errors(refusal, "title")
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = plain_toast("Deal created.")
        return rx.redirect(addresses.DEAL.replace("[deal_id]", str(deal_id)))
