"""The page of the data dictionary."""

import anyio.to_thread
import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.records.custom.queries import people_options
from crm_app.records.dictionary.counting import count_fills
from crm_app.records.dictionary.queries import Dictionary, Entry, dictionary, dictionary_csv, kind_choices
from crm_app.records.dictionary.service import save_note
from crm_app.records.listing.rows import Option
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class DictionaryPage(rx.State):
    """One kind at a time; the address says which."""

    page: rx.Field[Dictionary] = rx.field(default_factory=Dictionary)
    kinds: rx.Field[list[Option]] = rx.field(default_factory=list)
    people: rx.Field[list[Option]] = rx.field(default_factory=list)
    edited: rx.Field[Entry] = rx.field(default_factory=Entry)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    editing: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("custom_field.read")
    async def load(self) -> None:
        wanted = clip(self.router.url.query_parameters.get("kind", ""), 40)
        self.page = await db.read(dictionary, actor(), wanted)
        self.kinds = kind_choices(actor())
        self.editable = may(actor(), "custom_field.edit")
        self.loaded = True

    @rx.event
    @allow("custom_field.edit")
    async def start(self, name: str) -> None:
        self.edited = next((e for e in self.page.rows if e.name == name), Entry())
        self.people = await db.read(people_options)
        self.errors, self.editing = {}, bool(self.edited.name)

    @rx.event
    @allow("custom_field.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("custom_field.edit")
    async def save(self, values: dict[str, str]):
        meaning, person = values.get("meaning", "")[:2000], values.get("responsible_id", "")
        try:
            done = await db.write(save_note, actor(), self.edited.name, meaning, person)
        except KithError as refusal:
            self.errors = field_errors(refusal, "meaning")
            return None
        self.editing = False
        (await self.get_state(Toaster)).latest = undo_toast("Saved.", done.batch_id)
        return DictionaryPage.load

    @rx.event(background=True)
    @allow("custom_field.edit")
    async def count(self):
        await anyio.to_thread.run_sync(count_fills)
        async with self:
            (await self.get_state(Toaster)).latest = plain_toast("Counted.")
        return DictionaryPage.load

    @rx.event
    @allow("custom_field.read")
    async def download(self):
        text = await db.read(dictionary_csv, actor())
        return rx.download(data="\ufeff" + text, filename="data-dictionary.csv")
