"""The calendar page: what it shows between two days, and what is dragged there."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import reflex as rx

from crm_app.activities.queries.calendar import Span, calendar_of, chosen_of, colleagues
from crm_app.activities.rows import Colleague, Month
from crm_app.activities.service import move_activity
from crm_app.core import db
from crm_app.core.clock import today
from crm_app.core.errors import Conflict, Invalid, KithError
from crm_app.core.ids import fresh
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

MOVED = "Somebody else changed this in the meantime; it stands where they put it."


@dataclass(frozen=True)
class Dropped:
    """How the last move ended; `key` is the event that goes back where it is refused."""

    n: int = 0
    key: str = ""
    ok: bool = False


class CalendarScreen(rx.State):
    """The browser keeps which view and which days; it asks for them."""

    month: rx.Field[Month] = rx.field(default_factory=Month)
    people: rx.Field[list[Colleague]] = rx.field(default_factory=list)
    me: rx.Field[int] = rx.field(0)
    may_create: rx.Field[bool] = rx.field(False)
    dropped: rx.Field[Dropped] = rx.field(default_factory=Dropped)
    _asked: tuple[str, str, str] = ("", "", "")

    @rx.event
    @allow("activity.read")
    async def load(self) -> None:
        found = await db.read(colleagues, actor())
        self.people, self.me = found[:200], actor().id or 0
        self.may_create = may(actor(), "activity.create")
        day = today(actor().zone)  # the browser asks for its days later, and a page that cannot be read says so at once
        await db.read(calendar_of, actor(), [self.me], Span.of(day, day + timedelta(days=1), actor().zone))

    @rx.event
    @allow("activity.read")
    async def show(self, start: str, end: str, who: str) -> None:
        self._asked = (clip(start, 10), clip(end, 10), clip(who, 400))
        await self._read()

    @rx.event
    @allow("activity.read")
    async def refresh(self) -> None:
        await self._read()

    @rx.event
    @allow("activity.edit")
    async def move(self, key: str, id: int, start: str, end: str, all_day: bool, version: int) -> None:
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(move_activity, actor(), id, clip(start, 30), clip(end, 30), all_day, version)
        except Conflict:
            toaster.latest, ok = plain_toast("Not moved. " + MOVED, "bad"), False
        except KithError as refusal:
            toaster.latest, ok = plain_toast("Not moved. " + refusal.message, "bad"), False
        else:
            toaster.latest, ok = undo_toast("Moved.", done.batch_id), True
        self.dropped = Dropped(fresh(), clip(key, 60), ok)
        await self._read()

    async def _read(self) -> None:
        start, end, who = self._asked
        try:
            first, last = date.fromisoformat(start), date.fromisoformat(end)
            if not (1970 <= first.year <= 2200 and 1970 <= last.year <= 2200):
                raise Invalid({"start": "No calendar goes there."})
        except (ValueError, KithError):
            return
        span = Span.of(first, max(last, first + timedelta(days=1)), actor().zone)
        found = await db.read(calendar_of, actor(), chosen_of(who) or [actor().id or 0], span)
        self.month = replace(found, n=fresh(), start=start, end=end, who=who)
