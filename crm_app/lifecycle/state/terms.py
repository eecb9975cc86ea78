"""The page of terms and process."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.lifecycle.editor import Choice
from crm_app.lifecycle.kind import fields_with_help
from crm_app.lifecycle.terms.notices import NoticeRow, list_notices
from crm_app.lifecycle.terms.queries import TermRow, lifecycle_drawing, list_terms, pipeline_drawings
from crm_app.lifecycle.terms.rules import Drawing
from crm_app.lifecycle.terms.service import acknowledge, delete_term, save_term, set_until, set_up_terms
from crm_app.ui.overlay import Toaster, undo_toast


class TermsPage(rx.State):
    """Words, drawings and changes, as this viewer may see them."""

    terms: rx.Field[list[TermRow]] = rx.field(default_factory=list)
    drawings: rx.Field[list[Drawing]] = rx.field(default_factory=list)
    notices: rx.Field[list[NoticeRow]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    edited: rx.Field[TermRow] = rx.field(default_factory=TermRow)
    offered: rx.Field[list[Choice]] = rx.field(default_factory=list)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def load(self) -> None:
        who = actor()
        self.terms = (await db.read(list_terms, actor()))[:200]
        self.notices = await db.read(list_notices, who)
        self.drawings = [await db.read(lifecycle_drawing, who), *(await db.read(pipeline_drawings, who))][:50]
        self.editable = may(who, "pipeline.edit")
        self.loaded = True

    @rx.event
    @allow("any")
    async def know(self, notice_id: int):
        return await self._do(acknowledge, notice_id)

    @rx.event
    @allow("pipeline.edit")
    async def postpone(self, notice_id: int, day: str):
        return await self._do(set_until, notice_id, day)

    @rx.event
    @allow("pipeline.edit")
    async def begin(self):
        return await self._do(set_up_terms)

    @rx.event
    @allow("pipeline.delete")
    async def remove(self, term_id: int):
        return await self._do(delete_term, term_id, words="Term deleted.")

    @rx.event
    @allow("pipeline.edit")
    async def start(self, term_id: int) -> None:
        """The dialog of a term; 0 for a new one."""
        self.terms = (await db.read(list_terms, actor()))[:200]
        self.edited = next((row for row in self.terms if row.id == term_id), TermRow())
        chosen = set(self.edited.fields)
        self.offered = [Choice(name, label, name in chosen) for name, label in fields_with_help().items()]
        self.errors, self.editing = {}, self.edited.id == term_id

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("pipeline.edit")
    async def save(self, values: dict[str, str]):
        try:
            done = await db.write(save_term, actor(), self.edited.id, values, self.edited.version or None)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Term saved.", done.batch_id)
        return TermsPage.load

    async def _do(self, command, *args, words: str = ""):
        await carry_out(self, command, *args, said=words, refused="Not done.")
        return TermsPage.load
