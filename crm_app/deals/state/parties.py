"""The people and the competitors of the deal on the page: added, changed, removed where they stand; all offer Undo."""

import reflex as rx

from crm_app.core import db
from crm_app.core.text import clip, id_of
from crm_app.deals.parties import (
    add_competitor,
    add_contact,
    remove_competitor,
    remove_contact,
    set_role,
    set_status,
)
from crm_app.deals.queries import Option, competitor_names
from crm_app.identity.handlers import actor, allow

from .acting import act
from .choosing import Choosing


class DealContacts(Choosing, rx.State):
    """A person is chosen, or one is there already."""

    @rx.event
    @allow("deal.edit")
    async def add(self, person_id: str):
        self.adding = False
        if (chosen := id_of(person_id)) is not None:
            return await act(self, add_contact, chosen, said="Contact added.", nothing="Already a contact.")
        return None

    @rx.event
    @allow("deal.edit")
    async def choose_role(self, person_id: int, role: str):
        return await act(self, set_role, person_id, role, said=f"Role changed to {clip(role, 40)}.")

    @rx.event
    @allow("deal.edit")
    async def remove(self, row_id: int):
        return await act(self, remove_contact, row_id, said="Contact removed.")


class DealCompetitors(rx.State):
    """Whether a competitor is being named, and the names that were used before."""

    adding: rx.Field[bool] = rx.field(False)
    names: rx.Field[list[Option]] = rx.field(default_factory=list)
    error: rx.Field[str] = rx.field("")

    @rx.event
    @allow("deal.edit")
    async def start(self) -> None:
        self.names = await db.read(competitor_names, actor())
        self.adding, self.error = True, ""

    @rx.event
    @allow("deal.edit")
    async def stop(self) -> None:
        self.adding, self.error = False, ""

    @rx.event
    @allow("deal.edit")
    async def add(self, values: dict[str, str]):
        name = values.get("name", "")
        if not name.strip() or len(name) > 120:
            self.error = "Please write a name." if not name.strip() else "At most 120 characters, please."
            return None
        self.adding, self.error = False, ""
        return await act(self, add_competitor, name, said="Competitor added.", nothing="Already a competitor.")

    @rx.event
    @allow("deal.edit")
    async def choose_status(self, row_id: int, status: str):
        return await act(self, set_status, row_id, status, said=f"Competitor: {clip(status, 40)}.")

    @rx.event
    @allow("deal.edit")
    async def remove(self, row_id: int):
        return await act(self, remove_competitor, row_id, said="Competitor removed.")
