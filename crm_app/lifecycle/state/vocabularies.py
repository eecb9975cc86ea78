"""The page of managed lists; a rename or a merge is a run that the page follows."""

import reflex as rx

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError, field_errors
from crm_app.core.reader import numeral
from crm_app.core.text import clip, id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.lifecycle.vocabularies.queries import ListPage, TermRow, list_page
from crm_app.lifecycle.vocabularies.service import add_term, delete_term, merge_terms, save_term, take_for
from crm_app.records.bulk import followed
from crm_app.records.listing.rows import Option
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class VocabularyPage(rx.State):
    """One list at a time; the address says which."""

    page: rx.Field[ListPage] = rx.field(default_factory=ListPage)
    loaded: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    edited: rx.Field[TermRow] = rx.field(default_factory=TermRow)
    others: rx.Field[list[Option]] = rx.field(default_factory=list)
    editing: rx.Field[bool] = rx.field(False)
    merging: rx.Field[bool] = rx.field(False)
    busy: rx.Field[str] = rx.field("")
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def load(self) -> None:
        wanted = self.router.url.query_parameters.get("list", "")
        self.page = await db.read(list_page, actor(), clip(wanted))
        self.editable = may(actor(), "pipeline.edit")
        self.loaded = True

    @rx.event
    @allow("pipeline.edit")
    async def start(self, term_id: int) -> None:
        """The dialog of a term; 0 for a new one."""
        self.edited = next((t for t in self.page.terms if t.id == term_id), TermRow())
        self.errors, self.editing = {}, self.loaded and self.edited.id == term_id

    @rx.event
    @allow("pipeline.edit")
    async def start_merge(self, term_id: int) -> None:
        self.edited = next((t for t in self.page.terms if t.id == term_id), TermRow())
        self.others = [Option(str(t.id), t.name) for t in self.page.terms if t.id != term_id]
        self.errors, self.merging = {}, True

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.editing = self.merging = False

    @rx.event
    @allow("pipeline.delete")
    async def remove(self, term_id: int):
        done = await db.write(delete_term, actor(), term_id)
        (await self.get_state(Toaster)).latest = undo_toast("Taken off the list.", done.batch_id)
        return VocabularyPage.load

    @rx.event
    @allow("pipeline.create")
    async def add(self, word: str):
        said = f"{clip(word, 60)} is in the list now."
        await carry_out(self, add_term, self.page.vocabulary, clip(word), said=said)
        return VocabularyPage.load

    @rx.event(background=True)
    @allow("pipeline.edit")
    async def save(self, values: dict[str, str]):
        async with self:
            edited, vocabulary = self.edited, self.page.vocabulary
        who, name, said = actor(), values.get("name", ""), values.get("synonyms", "")
        if edited.id:
            return await self._run(who, save_term, edited.id, values, edited.version)
        try:
            done = await db.write(add_term, who, vocabulary, name, said)
        except KithError as refusal:
            async with self:
                self.errors = field_errors(refusal, "name")
            return None
        async with self:
            self.editing = False
            (await self.get_state(Toaster)).latest = undo_toast("Term added.", done.batch_id)
        return VocabularyPage.load

    @rx.event(background=True)
    @allow("pipeline.edit")
    async def merge(self, values: dict[str, str]):
        async with self:
            edited = self.edited
        return await self._run(actor(), merge_terms, edited.id, id_of(values.get("into", "")) or 0)

    @rx.event(background=True)
    @allow("pipeline.edit")
    async def take(self, term_id: int, word: str):
        return await self._run(actor(), take_for, term_id, clip(word))

    async def _run(self, who: Principal, command, *args):
        try:
            run_id = await db.write(command, who, *args)
        except KithError as refusal:
            async with self:
                self.errors = field_errors(refusal, "name")
                if not (self.editing or self.merging):  # no dialog in which it could be said
                    (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return None
        async with self:
            self.editing = self.merging = False
        run = None
        async for run in followed(who, run_id):
            async with self:
                self.busy = "" if run.is_over else f"Changing {numeral(run.done)} of {numeral(run.total)}"
        async with self:
            self.busy = ""
            if run is not None:
                (await self.get_state(Toaster)).latest = undo_toast(f"{run.note}.", run.batch_id)
        return VocabularyPage.load
