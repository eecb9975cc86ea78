"""The page of fields: one kind at a time, a dialog for a field, a formula tried on real records while it is written."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.reader import numeral
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.records.bulk import followed
from crm_app.records.custom.fields import FIELDED, TYPES
from crm_app.records.custom.queries import (
    FieldForm,
    FieldPage,
    Preview,
    askable_fields,
    field_form,
    fields_page,
    names_in_conditions,
    people_options,
    preview_of,
)
from crm_app.records.custom.service import add_field, archive_field, move_field, restore_field, save_field
from crm_app.records.listing.rows import FieldChoice, Option
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class FieldEditor(rx.State):
    """The address says which kind."""

    page: rx.Field[FieldPage] = rx.field(default_factory=FieldPage)
    form: rx.Field[FieldForm] = rx.field(default_factory=FieldForm)
    askable: rx.Field[list[FieldChoice]] = rx.field(default_factory=list)
    names: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    people: rx.Field[list[Option]] = rx.field(default_factory=list)
    preview: rx.Field[Preview] = rx.field(default_factory=Preview)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    going: rx.Field[list[Option]] = rx.field(default_factory=list)
    type: rx.Field[str] = rx.field("text")
    asks: rx.Field[str] = rx.field("")
    shows: rx.Field[str] = rx.field("")
    editing: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    busy: rx.Field[str] = rx.field("")

    @rx.event
    @allow("custom_field.edit")
    async def load(self) -> None:
        wanted = clip(self.router.url.query_parameters.get("kind", ""), 40)
        self.page = await db.read(fields_page, wanted)
        self.editable = may(actor(), "custom_field.create")
        self.loaded = True

    @rx.event
    @allow("custom_field.edit")
    async def start(self, field_id: int) -> None:
        if not self.loaded:  # the page says which kind
            return
        kind = self.page.kind if self.page.kind in FIELDED else FIELDED[0]
        try:
            self.form = await db.read(field_form, kind, field_id)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return
        self.askable = await db.read(askable_fields, actor(), kind, field_id)
        self.names = await db.read(names_in_conditions, actor(), self.form)
        self.people = await db.read(people_options)
        self.type, self.asks, self.shows = self.form.type, self.form.asks, self.form.shows
        self.errors, self.going, self.preview, self.editing = {}, [], Preview(), True
        if self.form.formula:
            self.preview = await db.read(preview_of, actor(), kind, field_id, self.form.label, self.form.formula)

    @rx.event
    @allow("custom_field.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("custom_field.edit")
    async def choose(self, name: str, value: str) -> None:
        """What of the dialog is shown."""
        if name == "type" and value in TYPES:
            self.type = value
        elif name == "asks":
            self.asks = clip(value, 10)
        elif name == "shows":
            self.shows = clip(value, 10)

    @rx.event
    @allow("custom_field.edit")
    async def try_formula(self, text: str) -> None:
        form = self.form
        self.preview = await db.read(preview_of, actor(), form.kind, form.id, form.label, text[:1100])

    @rx.event(background=True)
    @allow("custom_field.edit")
    async def save(self, values: dict[str, str]):
        async with self:
            form = self.form
        given = {**values, "kind": form.kind}
        try:
            if form.id:
                saved = await db.write(save_field, actor(), form.id, given, form.version)
            else:
                saved = await db.write(add_field, actor(), given)
        except KithError as refusal:
            async with self:
                self.errors = field_errors(refusal, "label")
                asked = [key.removeprefix("goes.") for key in self.errors if key.startswith("goes.")]
                self.going = [Option(key, self.errors[f"goes.{key}"]) for key in asked]
            return None
        async with self:
            self.editing = False
        return await self._follow(saved.run_id, saved.batch_id, "Field saved.")

    async def _follow(self, run_id: int, batch_id: int, words: str):
        async for run in followed(actor(), run_id) if run_id else _nothing():
            async with self:
                self.busy = "" if run.is_over else f"Changing {numeral(run.done)} of {numeral(run.total)}"
                batch_id = run.batch_id or batch_id
        async with self:
            self.busy = ""
            (await self.get_state(Toaster)).latest = undo_toast(words, batch_id)
        return FieldEditor.load

    @rx.event
    @allow("custom_field.delete")
    async def archive(self, field_id: int):
        return await self._told(archive_field, field_id, "Put away. Nothing was lost.")

    @rx.event
    @allow("custom_field.edit")
    async def restore(self, field_id: int):
        return await self._told(restore_field, field_id, "The field is back, with its values.")

    async def _told(self, command, field_id: int, words: str):
        await carry_out(self, command, field_id, said=words)
        return FieldEditor.load

    @rx.event
    @allow("custom_field.edit")
    async def move(self, field_id: int, step: int):
        await carry_out(self, move_field, field_id, 1 if step > 0 else -1)
        return FieldEditor.load


async def _nothing():
    """No run to follow."""
    for run in ():
        yield run
