"""The board: a snapshot per address, more cards on scroll; colleagues' changes arrive in `push` past this state."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

import reflex as rx

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError
from crm_app.core.text import clip, id_of
from crm_app.deals.queries import (
    Board,
    Card,
    Cell,
    Column,
    Lane,
    Option,
    Summary,
    Wish,
    board_snapshot,
    column_cards,
    read_wish,
)
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import decide, scope
from crm_app.ui.sent import forget

CARD_FIELDS = tuple(known.name for known in fields(Card))


@rx.serializer
def packed(card: Card) -> list[Any]:
    """How a card travels: its values in the order of `CARD_FIELDS`, which the board knows; names are most of a card."""
    return [getattr(card, name) for name in CARD_FIELDS]


@dataclass(frozen=True)
class MoreCards:
    """The next cards of one column or cell; n grows with each answer."""

    n: int = 0
    cell: str = ""
    cards: list[Card] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class May:
    """What the viewer may do with many deals; a hint for the buttons, never authority."""

    mass_edit: bool = False
    delete: bool = False


def day_left(who: Principal) -> int:
    """Seconds until the viewer's day ends, when what is due today becomes overdue."""
    tomorrow = clock.today(who.zone) + timedelta(days=1)
    return int((clock.start_of(tomorrow, who.zone) - clock.now()).total_seconds())


class DealBoard(rx.State):
    """Fifty cards a column at first; the browser alone keeps the cards, here they would be most of a session."""

    pipelines: rx.Field[list[Option]] = rx.field(default_factory=list)
    owners: rx.Field[list[Option]] = rx.field(default_factory=list)
    columns: rx.Field[list[Column]] = rx.field(default_factory=list)
    lanes: rx.Field[list[Lane]] = rx.field(default_factory=list)
    cells: rx.Field[list[Cell]] = rx.field(default_factory=list)
    summary: rx.Field[Summary | None] = rx.field(None)
    more: rx.Field[MoreCards] = rx.field(default_factory=MoreCards)
    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    may: rx.Field[May] = rx.field(default_factory=May)
    wish: rx.Field[str] = rx.field("")
    sort: rx.Field[str] = rx.field("next")
    problem: rx.Field[str] = rx.field("")
    pipeline_id: rx.Field[int] = rx.field(0)
    every_lane: rx.Field[int] = rx.field(0)
    day_left: rx.Field[int] = rx.field(0)
    epoch: rx.Field[int] = rx.field(0)
    _pages: int = 0
    loaded: rx.Field[bool] = rx.field(False)
    filtered: rx.Field[bool] = rx.field(False)
    nothing: rx.Field[bool] = rx.field(False)
    movable: rx.Field[bool] = rx.field(False)
    giving: rx.Field[bool] = rx.field(False)

    def _wish(self) -> Wish:
        return read_wish(self.router.url.query_parameters)

    @rx.event
    @allow("deal.read")
    async def load(self) -> AsyncIterator[None]:
        wish, who = self._wish(), actor()
        try:
            self._show(await db.read(board_snapshot, who, wish))
            self.problem = ""
        except KithError as refusal:
            self.problem, self.columns, self.lanes, self.cells = refusal.message, [], [], []
            self.nothing = True
        self.wish, self.sort, self.filtered = repr(wish), wish.sort, wish.is_filtered
        self.movable = scope(who, "edit", "deal") != "none"
        gives = decide(who, "edit", "deal", who.id, "owner_id").allowed
        self.giving = wish.lanes == "owner" and self.movable and gives
        many = scope(who, "mass_edit", "deal") != "none" and self.movable
        self.may = May(many, many and scope(who, "delete", "deal") != "none")
        self.day_left = day_left(who)
        self.epoch += 1
        self.loaded = True
        yield
        forget(self, "columns", "cells")

    def _show(self, board: Board) -> None:
        self.pipelines, self.owners, self.columns = board.pipelines, board.owners, board.columns
        self.lanes, self.cells, self.every_lane = board.lanes, board.cells, board.every_lane
        self.pipeline_id, self.summary = board.pipeline_id or 0, board.summary
        self.nothing = not any(column.count for column in board.columns)

    @rx.event
    @allow("deal.read")
    async def show_more(self, stage_id: int, after: str, cell: str) -> AsyncIterator[None]:
        lane = cell.partition(":")[2]
        number = id_of(lane) or 0
        try:
            cards, more = await db.read(column_cards, actor(), self._wish(), stage_id, clip(after), number)
        except KithError:  # the board itself says why
            return
        self._pages += 1
        self.more = MoreCards(self._pages, clip(cell), cards, more)
        yield
        forget(self, "more")
