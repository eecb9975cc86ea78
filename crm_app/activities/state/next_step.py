"""Finishing an activity asks for the next: offered where its deal has no other step, and never in the way."""

from dataclasses import replace

import reflex as rx

from crm_app.activities.queries.next_step import next_offer
from crm_app.activities.rows import Offer
from crm_app.activities.service import plan_next
from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.ids import fresh
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, undo_toast


class NextStep(rx.State):
    """One question at a time; skipping it changes nothing."""

    offer_: rx.Field[Offer] = rx.field(default_factory=Offer)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("activity.read")
    async def offer(self, activity_id: int, done: bool) -> None:
        if done:
            await self._offer(activity_id)

    @rx.event
    @allow("activity.read")
    async def offer_saved(self, kind: str, id: int, name: str, raw: str, version: int) -> None:
        """After a cell of the list of activities; one that was refused has left the activity open."""
        if kind == "activity" and name == "done_at" and raw.strip():
            await self._offer(id)

    async def _offer(self, activity_id: int) -> None:
        found = await db.read(next_offer, actor(), activity_id)
        if found.deal_id:
            self.errors, self.offer_ = {}, replace(found, n=fresh())

    @rx.event
    @allow("any")
    async def skip(self) -> None:
        self.offer_ = Offer()

    @rx.event
    @allow("activity.create")
    async def plan(self, values: dict[str, str]) -> None:
        if not self.offer_.deal_id:
            return
        try:
            done = await db.write(plan_next, actor(), self.offer_.deal_id, values)
        except KithError as refusal:
            self.errors = field_errors(refusal, "subject")
            return
        self.offer_ = Offer()
        (await self.get_state(Toaster)).latest = undo_toast("Planned.", done.batch_id)
