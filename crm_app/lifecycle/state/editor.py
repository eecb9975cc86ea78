"""The page of the lifecycle's conditions."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.lifecycle.editor import StateRow, clear, list_states, save_state, set_up
from crm_app.ui.overlay import Toaster, undo_toast


class LifecycleEditor(rx.State):
    """The states; whoever may not edit them reads what they ask."""

    rows: rx.Field[list[StateRow]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    edited: rx.Field[StateRow] = rx.field(default_factory=StateRow)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def load(self) -> None:
        self.rows = await db.read(list_states, actor())
        self.editable = may(actor(), "pipeline.edit")
        self.loaded = True

    @rx.event
    @allow("pipeline.edit")
    async def begin(self):
        return await self._do(set_up, "The usual conditions hold now.")

    @rx.event
    @allow("pipeline.delete")
    async def remove_all(self):
        return await self._do(clear, "No conditions hold any more.")

    @rx.event
    @allow("pipeline.edit")
    async def start_edit(self, state_id: int) -> None:
        self.rows = await db.read(list_states, actor())
        found = next((row for row in self.rows if row.id == state_id), None)
        self.edited, self.errors, self.editing = found or StateRow(), {}, found is not None

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("pipeline.edit")
    async def save(self, values: dict[str, str]):
        try:
            done = await db.write(save_state, actor(), self.edited.id, values, self.edited.version)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Conditions saved.", done.batch_id)
        return LifecycleEditor.load

    async def _do(self, command, words: str):
        await carry_out(self, command, said=words, refused="Not done.")
        return LifecycleEditor.load
