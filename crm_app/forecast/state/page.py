"""The forecast that an address asks for; below it the deals behind one figure, their category chosen in place."""

from collections.abc import Mapping
from datetime import date

import reflex as rx

from crm_app.core import db
from crm_app.core.clock import today
from crm_app.core.config import settings
from crm_app.core.errors import Conflict, KithError
from crm_app.core.text import clip, id_of
from crm_app.forecast.queries import Asked, DealLine, DealPage, find_forecast, list_deals, list_moved
from crm_app.forecast.queries.deals import ALL, KINDS_OF_SET, LATE, UNDATED
from crm_app.forecast.queries.whose import GROUPINGS
from crm_app.forecast.rows import ForecastView, shown
from crm_app.forecast.rules.categories import CATEGORY_NAMES
from crm_app.forecast.rules.movement import MOVE_NAMES
from crm_app.forecast.rules.periods import LENGTHS, period_of
from crm_app.forecast.service import set_category
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

SET_NAMES = {**CATEGORY_NAMES, ALL: "All that is counted", UNDATED: "Without a close date", LATE: "Close date is over"}
MOST_ROWS = 200


def read_asked(parameters: Mapping[str, str], day: date) -> Asked:
    """What an address such as ?kind=quarter&start=2026-10-01&by=team asks for; nonsense counts as absent."""

    def number(name: str) -> int | None:
        return id_of(parameters.get(name, ""))

    kind = parameters.get("kind", "")
    by = parameters.get("by", "")
    try:
        start = date.fromisoformat(parameters.get("start", ""))
        start = start if 1990 <= start.year <= 2200 else day
    except ValueError:
        start = day
    period = period_of(kind if kind in LENGTHS else "month", start)
    return Asked(period, day, by if by in GROUPINGS else GROUPINGS[0], number("owner"), number("team"))


class ForecastScreen(rx.State):
    """The figures of one period."""

    view: rx.Field[ForecastView | None] = rx.field(None)

    @rx.event
    @allow("forecast.read")
    async def load(self):
        asked = read_asked(self.router.url.query_parameters, today(settings().zone))
        self.view = shown(await db.read(find_forecast, actor(), asked), actor().locale)
        return ForecastDeals.load


class ForecastDeals(rx.State):
    """The deals behind one figure: of a category, of a line of the roll-up, or of what happened since last week."""

    rows: rx.Field[list[DealLine]] = rx.field(default_factory=list)
    count: rx.Field[int] = rx.field(0)
    hidden: rx.Field[int] = rx.field(0)
    title: rx.Field[str] = rx.field(SET_NAMES[ALL])
    wanted: rx.Field[str] = rx.field(ALL)
    loaded: rx.Field[bool] = rx.field(False)
    _line: str = ""
    _move: str = ""
    _address: str = ""

    @rx.event
    @allow("forecast.read")
    async def load(self) -> None:
        if self._address != self.router.url.query:
            self._address, self.wanted, self.title, self._line, self._move = (
                self.router.url.query,
                ALL,
                SET_NAMES[ALL],
                "",
                "",
            )
        await self._read(0)

    @rx.event
    @allow("forecast.read")
    async def show(self, wanted: str, line: str, name: str) -> None:
        if wanted not in KINDS_OF_SET:
            return
        self.wanted, self._line, self._move = wanted, clip(line), ""
        self.title = SET_NAMES[wanted] + (f" · {clip(name)}" if name else "")
        await self._read(0)

    @rx.event
    @allow("forecast.read")
    async def show_moved(self, key: str) -> None:
        if key in MOVE_NAMES:
            self.wanted, self._move, self.title = "", key, f"{MOVE_NAMES[key]} since last week"
            await self._read(0)

    @rx.event
    @allow("forecast.read")
    async def show_more(self) -> None:
        await self._read(len(self.rows))

    @rx.event
    @allow("deal.edit")
    async def choose(self, deal_id: int, version: int, category: str):
        toaster = await self.get_state(Toaster)
        try:
            done = await db.write(set_category, actor(), deal_id, category, version)
        except Conflict:
            toaster.latest = plain_toast("Somebody else chose a category meanwhile. Please look again.", "bad")
        except KithError as refusal:
            toaster.latest = plain_toast("Not changed. " + refusal.message, "bad")
        else:
            name = CATEGORY_NAMES.get(category, "what its stage says")
            toaster.latest = undo_toast(f"Category changed to {name}.", done.batch_id)
        return ForecastScreen.load

    async def _read(self, start: int) -> None:
        asked = read_asked(self.router.url.query_parameters, today(settings().zone))
        if self._move:
            page: DealPage = await db.read(list_moved, actor(), asked, self._move, start)
        else:
            page = await db.read(list_deals, actor(), asked, self.wanted or ALL, self._line, start)
        self.rows = [*(self.rows if start else []), *page.rows][:MOST_ROWS]
        self.count, self.hidden, self.loaded = page.count, page.hidden, True
