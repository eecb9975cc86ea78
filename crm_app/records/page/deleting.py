"""`Delete…` of a record's page: asked once, taken back from the message."""

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import kind
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.records.editing import delete_record
from crm_app.ui.overlay import Toaster, undo_toast

from .state import ListWalk, RecordScreen


class RecordDelete(rx.State):
    """The dialog; `id` is the record that it was opened for."""

    open: rx.Field[bool] = rx.field(False)
    id: rx.Field[int] = rx.field(0)
    title: rx.Field[str] = rx.field("")
    error: rx.Field[str] = rx.field("")

    @rx.event
    @allow("any")
    async def start(self) -> None:
        page = (await self.get_state(RecordScreen)).page
        if page is not None and page.may_delete:
            self.open, self.id, self.title, self.error = True, page.id, page.title, ""

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("person.delete")
    async def person(self, values: dict[str, str]):
        return await self._delete("person")

    @rx.event
    @allow("company.delete")
    async def company(self, values: dict[str, str]):
        return await self._delete("company")

    async def _delete(self, name: str):
        """Back to the list that the record was opened from; a refusal stands in the dialog."""
        screen = await self.get_state(RecordScreen)
        page = screen.page
        if not self.open or page is None or (page.kind, page.id) != (name, self.id):
            self.open = False
            return None
        try:
            done = await db.write(delete_record, actor(), name, page.id)
        except KithError as refusal:
            self.error = "Not deleted. " + refusal.message
            await screen._refresh()
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast(f"{page.title} deleted.", done.batch_id)
        return rx.redirect((await self.get_state(ListWalk)).walk.back or kind(name).path)
