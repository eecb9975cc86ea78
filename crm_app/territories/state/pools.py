"""The pools, what waits for an owner, and how much everybody has and takes."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.reader import numeral
from crm_app.core.text import clip, id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.records.listing.rows import Option
from crm_app.territories.assignment import share_waiting
from crm_app.territories.queries.screens import Choice, LoadRow, PoolRow, list_loads, list_pools, people, pool_options
from crm_app.territories.service import Edited, remove, save_pool, set_availability
from crm_app.ui.inputs import EditAnswer
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class PoolList(rx.State):
    """The rows, and what is being edited."""

    rows: rx.Field[list[PoolRow]] = rx.field(default_factory=list)
    loads: rx.Field[list[LoadRow]] = rx.field(default_factory=list)
    people: rx.Field[list[Choice]] = rx.field(default_factory=list)
    edited: rx.Field[PoolRow | None] = rx.field(None)
    ticked: rx.Field[list[str]] = rx.field(default_factory=list)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    answer: rx.Field[EditAnswer] = rx.field(default_factory=EditAnswer)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("pool.edit")
    async def load(self) -> None:
        self.rows = (await db.read(list_pools, actor()))[:200]
        self.loads, self.people = await db.read(list_loads, actor()), await db.read(people)
        self.loaded = True

    @rx.event
    @allow("pool.edit")
    async def start(self, id: int) -> None:
        self.edited = next((row for row in self.rows if row.id == id), None)
        self.ticked = list(self.edited.member_ids) if self.edited else []
        self.errors, self.editing = {}, self.loaded and (self.edited is not None or id == 0)

    @rx.event
    @allow("pool.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("pool.edit")
    async def save(self, values: dict[str, str]):
        seen = Edited(self.edited.id, self.edited.version) if self.edited else Edited()
        try:
            done = await db.write(save_pool, actor(), seen, values)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Pool saved.", done.batch_id)
        return PoolList.load

    @rx.event
    @allow("pool.delete")
    async def delete(self, id: int):
        await carry_out(self, remove, "pool", id, said="Pool deleted.", refused="Not deleted.")
        return PoolList.load

    @rx.event
    @allow("pool.edit")
    async def share(self, id: int):
        toaster = await self.get_state(Toaster)
        try:
            given, left, batch = await db.write(share_waiting, actor(), id)
        except KithError as refusal:
            toaster.latest = plain_toast("Nothing given. " + refusal.message, "bad")
        else:
            more = f" {numeral(left)} still wait." if left else ""
            toaster.latest = undo_toast(f"{numeral(given)} shared out.{more}", batch)
        return PoolList.load

    @rx.event
    @allow("availability.edit")
    async def limit(self, field: str, raw: str, version: int):
        user, _, name = clip(field).partition(".")
        number = id_of(user) or 0
        try:
            await db.write(set_availability, actor(), number, name, clip(raw), version)
        except KithError as refusal:
            self.answer = EditAnswer(self.answer.n + 1, field, refusal.message)
        else:
            self.answer = EditAnswer(self.answer.n + 1, field, "")
        return PoolList.load

    @rx.event
    @allow("availability.edit")
    async def leave(self, user_id: int, away: bool, version: int):
        value = "true" if away else "false"
        await carry_out(self, set_availability, user_id, "away", value, version, refused="Not changed.")
        return PoolList.load


class PoolChoices(rx.State):
    """The rules by which a list can assign its records."""

    options: rx.Field[list[Option]] = rx.field(default_factory=list)

    @rx.event
    @allow("any")
    async def load(self, kind: str) -> None:
        self.options = await db.read(pool_options, actor(), clip(kind))
