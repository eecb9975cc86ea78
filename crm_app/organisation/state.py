"""The page of the organisation: one form, a logo, and a sample that is drawn anew after each save."""

import asyncio

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Conflict, Invalid, KithError, Refused
from crm_app.identity.handlers import actor, allow
from crm_app.organisation.queries import OrganisationRow, find_organisation
from crm_app.organisation.service import save_organisation, set_logo, store_logo
from crm_app.paper.logo import MOST_BYTES
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class OrganisationPage(rx.State):
    """What stands on the form; `version` goes back with it, so that two who write at once notice."""

    row: rx.Field[OrganisationRow | None] = rx.field(None)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    failure: rx.Field[str] = rx.field("")

    @rx.event
    @allow("organisation.administer")
    async def load(self) -> None:
        self.row = await db.read(find_organisation, actor())

    @rx.event
    @allow("organisation.administer")
    async def save(self, values: dict[str, str]) -> None:
        seen = self.row.version if self.row else 0
        self.errors, self.failure = {}, ""
        try:
            done = await db.write(save_organisation, actor(), values, seen)
        except Invalid as refusal:
            self.errors = dict(refusal.fields)
        except Conflict:
            self.failure = "Somebody changed this in the meantime. Open the page again to see it; nothing was saved."
        except KithError as refusal:
            self.failure = refusal.message
        else:
            await self._saved(done.batch_id if done.diff else 0)

    @rx.event
    @allow("organisation.administer")
    async def receive_logo(self, files: list[rx.UploadFile]) -> None:
        self.errors = {}
        if not files:
            return
        try:
            content = await asyncio.to_thread(files[0].file.read, MOST_BYTES + 1)
            stored = await asyncio.to_thread(store_logo, content)
            done = await db.write(set_logo, actor(), stored.sha256)
        except (Invalid, Refused) as refusal:
            self.errors = {"logo": refusal.message}
        else:
            await self._saved(done.batch_id)

    @rx.event
    @allow("organisation.administer")
    async def remove_logo(self) -> None:
        done = await db.write(set_logo, actor(), "")
        await self._saved(done.batch_id)

    async def _saved(self, batch_id: int) -> None:
        toast = undo_toast("Saved.", batch_id) if batch_id else plain_toast("Nothing had changed.")
        (await self.get_state(Toaster)).latest = toast
        self.row = await db.read(find_organisation, actor())
