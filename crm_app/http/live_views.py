"""What an open page can show, and what it must hear when something changed."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.kinds import references_to
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.errors import NotFound
from crm_app.deals.queries import Wish
from crm_app.http.board_push import Place, board_push, may_show
from crm_app.http.owners import Owners, ever_seen
from crm_app.records.listing import Listing, list_count, rows_in
from crm_app.records.reading import record_row

MOST_CARDS = 20
MOST_ROWS = 50
MARKED = "quality."  # how the fields begin that are written after a change (crm_app/quality/fields.py)
WITH_SCORE = frozenset({"person", "company"})
ON_EVERY_CARD = frozenset({"stage", "pipeline", "company", "user", "person", "rate"})
Concern = Literal["none", "again", "look"]


@dataclass(frozen=True)
class News:
    """What changed since the last fan-out: ids by kind, `lost` if announcements were missed, where the deals stand.

    `diaries` are the users whose plans the activities belong to, or belonged to before; `marks` the records, by kind,
    of which the marks of quality were written anew; `owners` whose the records of a kind that is listed are and were.
    """

    ids: Mapping[str, frozenset[int]]
    lost: bool = False
    places: Mapping[int, Place] = dataclasses.field(default_factory=dict)
    diaries: frozenset[int] = frozenset()
    marks: Mapping[str, frozenset[int]] = dataclasses.field(default_factory=dict)
    owners: Mapping[str, Owners] = dataclasses.field(default_factory=dict)

    def of(self, name: str) -> frozenset[int]:
        """The changed records of one kind."""
        return self.ids.get(name, frozenset())


class View(Protocol):
    """What an open page shows. Equal views of equal viewers are read once, so it can be hashed."""

    def concern(self, news: News) -> Concern:
        """Without reading: none of its business, everything must be read again, or only `push` can say."""
        ...

    def reaches(self, actor: Principal, news: News) -> bool:
        """Is there anything for this viewer to look at? Without reading."""
        ...

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any] | None:
        """What the page is told, scoped by its viewer; None for nothing, `gone` ends the subscription."""
        ...


@dataclass(frozen=True)
class BoardView:
    """A pipeline as a board, as its address wishes for it."""

    pipeline_id: int
    wish: Wish = dataclasses.field(default_factory=Wish)

    def concern(self, news: News) -> Concern:
        """More cards than a push should carry, or something that stands on many of them: read again."""
        many = max(len(news.of("deal")), len(news.of("activity"))) > MOST_CARDS
        if news.lost or many or ON_EVERY_CARD & news.ids.keys():
            return "again"
        return "look" if news.of("deal") else "none"

    def reaches(self, actor: Principal, news: News) -> bool:
        """Only those who may see one of the deals, or might before."""
        return bool(self._shown(actor, news))

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any]:
        """Operations on single cards, and the totals."""
        return board_push(session, actor, self.pipeline_id, self.wish, self._shown(actor, news))

    def _shown(self, actor: Principal, news: News) -> list[int]:
        return sorted(id for id, place in news.places.items() if may_show(actor, self.pipeline_id, place))


@dataclass(frozen=True)
class RecordView:
    """The page of one record of any kind, with what points to it and what it points to."""

    kind: str
    id: int

    def concern(self, news: News) -> Concern:
        """The record itself, or a kind that stands on its page."""
        if news.lost or "custom_field" in news.ids:
            return "again"
        around = {f.ref for f in kind(self.kind).fields if f.ref} | {k.name for k, _ in references_to(self.kind)}
        return "look" if self._is_touched(news) or around & news.ids.keys() else "none"

    def _is_touched(self, news: News) -> bool:
        """Changed, or its score of quality was written, which stands on the page."""
        marked = news.marks.get(self.kind, frozenset()) if self.kind in WITH_SCORE else frozenset[int]()
        return self.id in news.of(self.kind) or self.id in marked

    def reaches(self, actor: Principal, news: News) -> bool:
        """Only the record itself can say."""
        return True

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any] | None:
        """Read it again, or it is gone: deleted, or out of the viewer's reach."""
        try:
            row = record_row(session, actor, self.kind, self.id)
        except NotFound:
            return {"gone": True}
        itself = self._is_touched(news)
        named = any(row[f.name] in news.of(f.ref) for f in kind(self.kind).fields if f.ref)
        return {"stale": True} if itself or named or self._is_pointed_at(session, news) else None

    def _is_pointed_at(self, session: Session, news: News) -> bool:
        for other, field in references_to(self.kind):
            ids = sorted(news.of(other.name))
            if len(ids) > IN_LIMIT:
                return True
            table = table_of(other.table)
            query = select(table.c.id).where(table.c.id.in_(ids), table.c[field.name] == self.id).limit(1)
            if ids and session.connection().execute(query).first():
                return True
        return False


@dataclass(frozen=True)
class KindsView:
    """All records of some kinds, of which there are few; the page itself knows what its viewer may see."""

    kinds: frozenset[str]

    def concern(self, news: News) -> Concern:
        """Any of them."""
        return "again" if news.lost or self.kinds & news.ids.keys() else "none"

    def reaches(self, actor: Principal, news: News) -> bool:
        """Nobody in particular."""
        return True

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any]:
        """Read again."""
        return {"stale": True}


@dataclass(frozen=True)
class DiaryView:
    """What some users have planned: their calendars side by side, or somebody's day."""

    users: frozenset[int]

    def concern(self, news: News) -> Concern:
        """More activities than are worth a look: read again."""
        if news.lost or len(news.of("activity")) > MOST_CARDS:
            return "again"
        return "look" if news.of("activity") else "none"

    def reaches(self, actor: Principal, news: News) -> bool:
        """Only if something came into one of these diaries, changed there or left it."""
        return bool(self.users & news.diaries)

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any]:
        """Read again; what of it the viewer may see is for the page to ask."""
        return {"stale": True}


@dataclass(frozen=True)
class ListView:
    """A list of any kind."""

    listing: Listing

    def concern(self, news: News) -> Concern:
        """Many of its records, or something that stands in many of its rows: read again."""
        named = {f.ref for f in kind(self.listing.kind).fields if f.ref} - {self.listing.kind} | {"custom_field"}
        touched = self._touched(news)
        if news.lost or len(touched) > MOST_ROWS or named & news.ids.keys():
            return "again"
        return "look" if touched else "none"

    def _touched(self, news: News) -> frozenset[int]:
        """The changed records; those with other marks as well, where the list asks for or shows these."""
        asked = self.listing.fields()
        marked = any(name.startswith(MARKED) for name in asked)
        return news.of(self.listing.kind) | (news.marks.get(self.listing.kind, frozenset()) if marked else frozenset())

    def reaches(self, actor: Principal, news: News) -> bool:
        """Only those who may see one of the records, or might before: what left their list must leave the screen."""
        return bool(self._shown(actor, news))

    def push(self, session: Session, actor: Principal, news: News) -> dict[str, Any]:
        """The changed rows as they are now, those that stand in the list no more, and the count."""
        ids = self._shown(actor, news)
        rows = rows_in(session, actor, self.listing, ids)[1]
        return {
            "rows": [dataclasses.asdict(row) for row in rows.values()],
            "gone": [id for id in ids if id not in rows],
            "count": list_count(session, actor, self.listing),
            "stale": bool(self.listing.group) and bool(rows),
        }

    def _shown(self, actor: Principal, news: News) -> list[int]:
        name = self.listing.kind
        return ever_seen(actor, name, self._touched(news), news.owners.get(name, {}))
