"""My day: one list, driven by keys; everything that is done here can be undone."""

from collections.abc import Callable

import reflex as rx
from sqlmodel import Session

from crm_app.activities import service
from crm_app.activities.queries.day import day_rows
from crm_app.activities.rows import DayRow
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.errors import KithError
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out

WORDS = {"tomorrow": "Put off until tomorrow.", "week": "Put off until next week."}


class MyDay(rx.State):
    """What is overdue, due today and this week."""

    rows: rx.Field[list[DayRow]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    failure: rx.Field[str] = rx.field("")

    @rx.event
    @allow("activity.read")
    async def load(self) -> None:
        await self._read()

    @rx.event
    @allow("activity.edit")
    async def finish(self, id: int) -> None:
        def run(session: Session, who: Principal) -> Applied:
            return service.finish_activity(session, who, id, done=True)

        await self._do("Done.", run)

    @rx.event
    @allow("activity.edit")
    async def put_off(self, id: int, to: str, version: int) -> None:
        def run(session: Session, who: Principal) -> Applied:
            return service.put_off(session, who, id, clip(to, 10), version)

        await self._do(WORDS.get(to, "Put off."), run)

    async def _do(self, told: str, command: Callable[[Session, Principal], Applied]) -> None:
        await carry_out(self, command, said=told, refused="Not saved.")
        await self._read()

    async def _read(self) -> None:
        try:
            self.rows, self.failure = await db.read(day_rows, actor()), ""
        except KithError as refusal:
            self.failure = refusal.message
        self.loaded = True
