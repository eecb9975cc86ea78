"""The dialog for a new record: `NewRecord.start("person", {"company_id": "17"})` from anywhere."""

from dataclasses import replace

import reflex as rx

from crm_app.core import db
from crm_app.core.changes import kind as kind_of
from crm_app.core.changes import kinds
from crm_app.core.errors import Invalid, KithError, LikelyDuplicate
from crm_app.core.ids import fresh
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.create.rows import Conditions, Created, Form
from crm_app.records.create.service import conditions_in_form, create_record, named, new_form
from crm_app.records.reading import titles
from crm_app.records.tickets import once
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

MOST_ANYWAY = 200


class NewRecord(rx.State):
    """Opens the dialog and answers it. What was typed stays in the browser, also over a restart of the server."""

    form: rx.Field[Form] = rx.field(default_factory=Form)
    created: rx.Field[Created] = rx.field(default_factory=Created)
    conditions: rx.Field[Conditions] = rx.field(default_factory=Conditions)
    _done: str = ""

    @rx.event
    @allow("any")
    async def start(self, kind: str, given: dict[str, str]) -> None:
        try:
            form = await db.read(new_form, actor(), kind, {k: clip(v) for k, v in given.items()})
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return
        self.form = replace(form, n=fresh())

    @rx.event
    @allow("any")
    async def start_named(self, kind: str, text: str):
        """For somebody or something called so, who was looked up and is not here."""
        return NewRecord.start(kind, named(kind, text)) if kind in {k.name for k in kinds()} else None

    @rx.event
    @allow("any")
    async def weigh(self, kind: str, values: dict[str, str], n: int) -> None:
        """Which fields are shown and demanded now; a dialog that is gone, or may not be, hears nothing."""
        try:
            self.conditions = await db.read(conditions_in_form, actor(), kind, values, n)
        except KithError:
            return

    @rx.event
    @allow("any")
    async def create(self, kind: str, values: dict[str, str], stay: bool, anyway: list[int], ticket: str = ""):
        """`anyway`: those who look like the new one were shown, and it is another one. A `ticket` makes one record."""
        if ticket and ticket == self._done:
            return None
        n = fresh()
        wish = (create_record, kind, values, anyway[:MOST_ANYWAY])
        try:
            made = await db.write(once, actor(), ticket, [kind, values], *wish)
        except LikelyDuplicate:
            self.created = Created(n, kind, likely=True)
            return None
        except Invalid as refusal:
            self.created = Created(n, kind, 0, dict(refusal.fields))
            return None
        except KithError as refusal:
            self.created = Created(n, kind, 0, {"": refusal.message})
            return None
        self._done = ticket
        title = (await db.read(titles, actor(), [(kind, made.id)])).get((kind, made.id), "")
        self.created = Created(n, kind, made.id, title=title)
        known = kind_of(kind)
        (await self.get_state(Toaster)).latest = undo_toast(f"{known.label} created.", made.batch_id)
        return None if stay or not known.path else rx.redirect(f"{known.path}/{made.id}")
