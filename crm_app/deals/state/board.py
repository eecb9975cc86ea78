"""The board: a snapshot per address, more cards on scroll; colleagues' changes arrive in `push` past this state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.text import clip
from crm_app.deals.queries import Card, Column, Option, Summary, board_snapshot, column_cards
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import scope


@dataclass(frozen=True)
class MoreCards:
    """The next cards of one column; n grows with each answer."""

    n: int = 0
    column: int = 0
    cards: list[Card] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class Filter:
    """What the address asks for; an unreadable number counts as absent."""

    pipeline_id: int | None
    owner_id: int | None
    text: str


def read_filter(parameters: Mapping[str, str]) -> Filter:
    """The filter of an address such as ?pipeline=1&owner=7&q=pro."""

    def number(name: str) -> int | None:
        value = parameters.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 17 else None

    return Filter(number("pipeline"), number("owner"), clip(parameters.get("q", "").strip()))


class DealBoard(rx.State):
    """Fifty cards a column at first; the browser keeps what comes later."""

    pipelines: rx.Field[list[Option]] = rx.field(default_factory=list)
    owners: rx.Field[list[Option]] = rx.field(default_factory=list)
    columns: rx.Field[list[Column]] = rx.field(default_factory=list)
    summary: rx.Field[Summary | None] = rx.field(None)
    more: rx.Field[MoreCards] = rx.field(default_factory=MoreCards)
    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    pipeline_id: rx.Field[int] = rx.field(0)
    epoch: rx.Field[int] = rx.field(0)
    loaded: rx.Field[bool] = rx.field(False)
    filtered: rx.Field[bool] = rx.field(False)
    nothing: rx.Field[bool] = rx.field(False)
    movable: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("deal.read")
    async def load(self) -> None:
        wanted = read_filter(self.router.url.query_parameters)
        board = await db.read(board_snapshot, actor(), wanted.pipeline_id, wanted.owner_id, wanted.text)
        self.pipelines, self.owners, self.columns = board.pipelines, board.owners, board.columns
        self.pipeline_id, self.summary = board.pipeline_id or 0, board.summary
        self.nothing = not any(column.count for column in board.columns)
        self.filtered = bool(wanted.owner_id or wanted.text)
        self.movable = scope(actor(), "edit", "deal") != "none"
        self.epoch += 1
        self.loaded = True

    @rx.event
    @allow("deal.read")
    async def show_more(self, stage_id: int, after: str) -> None:
        wanted = read_filter(self.router.url.query_parameters)
        cards, more = await db.read(column_cards, actor(), stage_id, clip(after), wanted.owner_id, wanted.text)
        self.more = MoreCards(self.more.n + 1, stage_id, cards, more)
