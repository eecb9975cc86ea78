"""The dialog in which a score is set by hand."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.identity.handlers import actor, allow
from crm_app.records.address import record_in
from crm_app.records.page.opening import PersonDialog
from crm_app.records.page.state import RecordScreen
from crm_app.scoring.service import set_by_hand
from crm_app.ui.overlay import Toaster, undo_toast


class ScoreForm(PersonDialog, rx.State):
    """The dialog."""

    @rx.event
    @allow("person.edit")
    async def save(self, values: dict[str, str]):
        here = record_in(self.router.url.path)
        if here is None:
            return None
        try:
            done = await db.write(set_by_hand, actor(), here[1], values)
        except KithError as refusal:
            self.errors = field_errors(refusal, "value")
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast("Score set by hand.", done.batch_id)
        return RecordScreen.refresh
