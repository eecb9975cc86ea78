"""What the palette asks the server: recent records, a look-up for each pause in typing, a preview."""

from dataclasses import dataclass, field

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.palette.queries import Preview, preview_of
from crm_app.records.recent import RecentRow, recent_records
from crm_app.records.search import KINDS, SearchAnswer, SearchRow, find

SHOWN = 12


@dataclass(frozen=True)
class Found:
    """The answer to the question with this number."""

    n: int = 0
    rows: list[SearchRow] = field(default_factory=list)
    rebuilding: bool = False


@dataclass(frozen=True)
class KindCount:
    """How many records of a kind fit."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Counts:
    """Of all that fits this text, how many of each kind there are."""

    text: str = ""
    kinds: list[KindCount] = field(default_factory=list)


class Palette(rx.State):
    """Holds one answer at a time; the browser throws away what it no longer asks for."""

    recent: rx.Field[list[RecentRow]] = rx.field(default_factory=list)
    found: rx.Field[Found] = rx.field(default_factory=Found)
    counts: rx.Field[Counts] = rx.field(default_factory=Counts)
    preview: rx.Field[Preview] = rx.field(default_factory=Preview)
    _asked: tuple[int, str, str] = (0, "", "")

    @rx.event
    @allow("any")
    async def start(self) -> None:
        self.recent = await db.read(recent_records, actor())

    @rx.event
    @allow("any")
    async def search(self, n: int, text: str, kind: str) -> None:
        self._asked = (n, clip(text, 100), kind)
        await self._answer()

    @rx.event
    @allow("any")
    async def count(self, text: str) -> None:
        text = clip(text, 100)
        self.counts = Counts(text, await db.read(_count, actor(), text))
        if self.counts.kinds and not self.found.rows and self._asked[1] == text:
            await self._answer()  # saved between the two questions

    @rx.event
    @allow("any")
    async def look(self, kind: str, id: int) -> None:
        self.preview = await db.read(preview_of, actor(), clip(kind, 40), id)

    async def _answer(self) -> None:
        n, text, kind = self._asked
        answer = await db.read(_find, actor(), text, kind)
        self.found = Found(n, answer.rows, answer.rebuilding)


def _find(session: Session, who: Principal, text: str, kind: str) -> SearchAnswer:
    return find(session, who, text, kinds=[kind] if kind in KINDS else None, limit=SHOWN)


def _count(session: Session, who: Principal, text: str) -> list[KindCount]:
    found = find(session, who, text, limit=1, facets=("kind",))
    return [KindCount(f.value, f.label, f.count) for f in found.facets]
