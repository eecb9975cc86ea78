"""Adding a related record from the page of another: a short form; what was typed stays until it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.editing import save_part, typed
from crm_app.records.listing.fields import ListField
from crm_app.records.panels import defaults_of
from crm_app.ui.overlay import Toaster, undo_toast

from .state import RecordScreen

# The few fields that a record begins with; the rest is filled in on its page.
FIELDS = {
    "person": ("first_name", "last_name", "title", "emails.value", "phones.value"),
    "company": ("name", "industry", "country", "domain"),
    "deal": ("title", "value_minor", "expected_close_on"),
}
FILLED = frozenset({"company_id", "parent_id", "person_id"})
INPUTS = {"emails": "email", "phones": "tel", "expected_close_on": "date"}


@dataclass(frozen=True)
class Asked:
    """One field of the form."""

    name: str
    label: str
    type: str = "text"


def asked_for(name: str) -> list[Asked]:
    """The fields of the form for a kind, in order."""
    known = kind(name)
    found = []
    for key in FIELDS.get(name, ()):
        part, _, one = key.partition(".")
        label = known.child_by_name[part].fields[0].label if one else known.by_name[key].label
        found.append(Asked(key, label, INPUTS.get(part, "text")))
    return found


def create_related(session: Session, actor: Principal, name: str, values: Mapping[str, str]) -> Applied:
    """A record from the short form, owned by the actor. Raises Invalid for an unknown field."""
    known = kind(name)
    allowed = {a.name for a in asked_for(name)} | (FILLED & set(known.by_name))
    if set(values) - allowed:
        raise Invalid({known.title: "This cannot be saved."})
    wish: dict[str, Any] = {"owner_id": actor.id} | defaults_of(session, actor, name)
    for key, raw in values.items():
        part, _, one = key.partition(".")
        if one and raw.strip():
            wish[part] = [{one: raw.strip(), "is_primary": True}]
        elif not one:
            field_ = known.by_name[key]
            wish[key] = typed(ListField(key, field_.label, field_.type, field_), raw, settings().currency, actor)
    return apply(session, actor, Change(name, set={k: v for k, v in wish.items() if v is not None}, op="create"))


class QuickCreate(rx.State):
    """One open form at a time."""

    open: rx.Field[bool] = rx.field(False)
    kind: rx.Field[str] = rx.field("")
    title: rx.Field[str] = rx.field("")
    fields: rx.Field[list[Asked]] = rx.field(default_factory=list)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    _fill: dict[str, str] = {}

    @rx.event
    @allow("any")
    async def start(self, kind: str, title: str, fill: dict[str, str]) -> None:
        if kind not in FIELDS:
            return
        self.kind, self.title, self.fields = kind, clip(title, 60), asked_for(kind)
        self._fill, self.errors, self.open = {k: v for k, v in fill.items() if k in FILLED and v}, {}, True

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("any")
    async def create(self, values: dict[str, str]):
        try:
            done = await db.write(create_related, actor(), self.kind, values | self._fill)
        except Invalid as refusal:
            self.errors = {k if k in values else next(iter(values), k): v for k, v in refusal.fields.items()}
            return None
        except KithError as refusal:
            self.errors = {next(iter(values), ""): refusal.message}
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast(f"{self.title}: saved.", done.batch_id)
        return RecordScreen.refresh


class RelationForm(rx.State):
    """How somebody else is related to the person of this page."""

    open: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("person.edit")
    async def start(self) -> None:
        self.errors, self.open = {}, True

    @rx.event
    @allow("person.edit")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("person.edit")
    async def create(self, values: dict[str, str]) -> None:
        screen = await self.get_state(RecordScreen)
        wanted = {k: values.get(k, "").strip() for k in ("other_id", "type", "note")}
        if not wanted["other_id"]:
            self.errors = {"other_id": "Choose a person from the list."}
            return
        if screen.page is not None and wanted["other_id"] == str(screen.page.id):
            self.errors = {"other_id": "That is the same person."}
            return
        await screen._part("relations", _save_relation, wanted)
        if screen.answer.error:
            self.errors = {"other_id": screen.answer.error}
            return
        self.open = False


def _save_relation(session: Session, actor: Principal, name: str, id: int, values: Mapping[str, str]) -> Applied:
    return save_part(session, actor, name, id, "relations", 0, values)
