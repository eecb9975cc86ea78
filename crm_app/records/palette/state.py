"""What the palette asks the server: recent records, a look-up for each pause in typing, a preview."""

from dataclasses import dataclass, field

import reflex as rx

from crm_app.core import db
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.palette.narrowing import counted, narrowed, narrowing
from crm_app.records.palette.queries import Preview, preview_of
from crm_app.records.recent import RecentRow, recent_records
from crm_app.records.search import Facet, SearchRow

SHOWN = 12


@dataclass(frozen=True)
class Found:
    """The answer to the question with this number."""

    n: int = 0
    rows: list[SearchRow] = field(default_factory=list)
    rebuilding: bool = False


@dataclass(frozen=True)
class Counts:
    """The answer to the count with this number: of all that fits the text, how many of each kind, owner, stage."""

    n: int = 0
    text: str = ""
    facets: list[Facet] = field(default_factory=list)


class Palette(rx.State):
    """Holds one answer at a time; the browser throws away what it no longer asks for."""

    recent: rx.Field[list[RecentRow]] = rx.field(default_factory=list)
    found: rx.Field[Found] = rx.field(default_factory=Found)
    counts: rx.Field[Counts] = rx.field(default_factory=Counts)
    preview: rx.Field[Preview] = rx.field(default_factory=Preview)
    _asked: tuple[int, str, dict[str, str]] = (0, "", {})

    @rx.event
    @allow("any")
    async def start(self) -> None:
        self.recent = await db.read(recent_records, actor())

    @rx.event
    @allow("any")
    async def search(self, n: int, text: str, narrow: dict[str, str]) -> None:
        self._asked = (n, clip(text, 100), narrowing(narrow))
        await self._answer()

    @rx.event
    @allow("any")
    async def count(self, n: int, text: str, narrow: dict[str, str]) -> None:
        text, narrow = clip(text, 100), narrowing(narrow)
        self.counts = Counts(n, text, await db.read(counted, actor(), text, narrow))
        if not narrow and self.counts.facets and not self.found.rows and self._asked[1:] == (text, {}):
            await self._answer()  # saved between the two questions

    @rx.event
    @allow("any")
    async def look(self, kind: str, id: int) -> None:
        self.preview = await db.read(preview_of, actor(), clip(kind, 40), id)

    async def _answer(self) -> None:
        n, text, narrow = self._asked
        answer = await db.read(narrowed, actor(), text, narrow, SHOWN)
        self.found = Found(n, answer.rows, answer.rebuilding)
