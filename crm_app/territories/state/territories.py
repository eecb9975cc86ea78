"""The territories in order, and the dialog of one."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.territories.queries.screens import Choice, TerritoryRow, list_territories, people, teams
from crm_app.territories.service import Edited, move_territory, name_account, remove, save_territory
from crm_app.ui.overlay import Toaster, undo_toast


class TerritoryList(rx.State):
    """The rows, and what is being edited."""

    rows: rx.Field[list[TerritoryRow]] = rx.field(default_factory=list)
    people: rx.Field[list[Choice]] = rx.field(default_factory=list)
    teams: rx.Field[list[Choice]] = rx.field(default_factory=list)
    edited: rx.Field[TerritoryRow | None] = rx.field(None)
    ticked: rx.Field[list[str]] = rx.field(default_factory=list)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    naming: rx.Field[int] = rx.field(0)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("territory.read")
    async def load(self) -> None:
        self.rows = (await db.read(list_territories, actor()))[:200]
        self.people, self.teams = await db.read(people), await db.read(teams)
        self.loaded = True

    @rx.event
    @allow("territory.edit")
    async def start(self, id: int) -> None:
        self.edited = next((row for row in self.rows if row.id == id), None)
        self.ticked = list(self.edited.owner_ids) if self.edited else []
        self.errors, self.editing = {}, self.loaded and (self.edited is not None or id == 0)

    @rx.event
    @allow("territory.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("territory.edit")
    async def save(self, values: dict[str, str]):
        seen = Edited(self.edited.id, self.edited.version) if self.edited else Edited()
        try:
            done = await db.write(save_territory, actor(), seen, values)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Territory saved.", done.batch_id)
        return TerritoryList.load

    @rx.event
    @allow("territory.edit")
    async def move(self, id: int, by: int):
        return await self._do("", move_territory, id, by)

    @rx.event
    @allow("territory.delete")
    async def delete(self, id: int):
        return await self._do("Territory deleted.", remove, "territory", id)

    @rx.event
    @allow("territory.edit")
    async def name_one(self, id: int) -> None:
        self.naming = 0 if self.naming == id else id

    @rx.event
    @allow("territory.edit")
    async def add_account(self, company_id: str):
        id, self.naming = self.naming, 0
        if (chosen := id_of(company_id)) is not None:
            return await self._do("Account named.", name_account, id, chosen)
        return None

    @rx.event
    @allow("territory.edit")
    async def drop_account(self, id: int, company_id: str):
        if (chosen := id_of(company_id)) is not None:
            return await self._do("Account no longer named.", name_account, id, chosen, gone=True)
        return None

    async def _do(self, text: str, command, *args, **kwargs):
        await carry_out(self, command, *args, **kwargs, said=text, refused="Not changed.")
        return TerritoryList.load
