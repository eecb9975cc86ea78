"""Moving a deal: the board shows it at once, this state answers; a stage that asks for fields opens a small dialog."""

from dataclasses import dataclass

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import Invalid, KithError, NotFound, Refused
from crm_app.deals.queries import AskedFields, Card, asked_properties, read_wish
from crm_app.deals.service import DEAL_GONE, move_deal
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

from .board import DealBoard


@dataclass(frozen=True)
class MoveAnswer:
    """How the move with this ticket ended; a refusal has a reason and the card goes back."""

    ticket: int = 0
    ok: bool = True
    reason: str = ""
    card: Card | None = None


@dataclass(frozen=True)
class Move:
    """What somebody wants: a deal into a stage, at an index between two neighbours (None: unknown).

    With `owner_id` it becomes that user's; 0 is nobody's, None leaves it with whom it is.
    """

    ticket: int
    deal_id: int
    stage_id: int
    version: int
    index: int | None = None
    before_id: int | None = None
    after_id: int | None = None
    owner_id: int | None = None


class DealMove(rx.State):
    """One move at a time waits for its missing fields; cancelling puts the card back."""

    answer: rx.Field[MoveAnswer] = rx.field(default_factory=MoveAnswer)
    asking: rx.Field[bool] = rx.field(False)
    asked: rx.Field[AskedFields] = rx.field(default_factory=lambda: AskedFields("", []))
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: rx.Field[str] = rx.field("")
    _waiting: Move | None = None

    @rx.event
    @allow("deal.edit")
    async def drop_card(
        self,
        ticket: int,
        deal_id: int,
        stage_id: int,
        index: int,
        before_id: int,
        after_id: int,
        version: int,
        owner_id: int,
    ):
        place = None if index < 0 else index  # only an order by hand keeps where a card was dropped
        beside = before_id or None, after_id or None
        owner = None if owner_id < 0 else owner_id  # only in lanes by owner a card is dropped on somebody else
        return await self._try(Move(ticket, deal_id, stage_id, version, place, *beside, owner), {})

    @rx.event
    @allow("deal.edit")
    async def choose_stage(self, deal_id: int, stage_id: int, version: int):
        return await self._try(Move(0, deal_id, stage_id, version), {})

    @rx.event
    @allow("deal.edit")
    async def fill_in(self, values: dict[str, str]):
        if self._waiting is None:
            return None
        wanted = {p.field for p in (*self.asked.fields, *self.asked.offered)}
        return await self._try(self._waiting, {k: v for k, v in values.items() if k in wanted})

    @rx.event
    @allow("deal.edit")
    async def cancel(self) -> None:
        if self._waiting is not None:
            self.answer = MoveAnswer(self._waiting.ticket, False, self.problem or "The stage asks for more.")
        self._close()

    async def _try(self, move: Move, extra: dict[str, str]):
        from .record import DealRecord

        again = None
        try:
            moved = await db.write(
                move_deal,
                actor(),
                move.deal_id,
                move.stage_id,
                move.index,
                move.before_id,
                move.after_id,
                move.version,
                extra,
                read_wish(self.router.url.query_parameters),
                move.owner_id,
            )
        except Invalid as refusal:
            await self._ask(move, refusal)
        except KithError as refusal:
            await self._refuse(move, refusal.message)
            again = DealBoard.load if isinstance(refusal, NotFound | Refused) else None
        else:
            self.answer = MoveAnswer(move.ticket, True, "", moved.card)
            self._close()
            if moved.told:
                (await self.get_state(Toaster)).latest = undo_toast(moved.told, moved.applied.batch_id)
        return again if move.ticket else None if self.asking else DealRecord.load

    async def _ask(self, move: Move, refusal: Invalid) -> None:
        try:
            found = await db.read(asked_properties, actor(), move.deal_id, list(refusal.fields), move.stage_id)
        except NotFound:
            await self._refuse(move, DEAL_GONE)
            return
        if len(found.fields) < len(refusal.fields):  # something that this dialog cannot ask for
            await self._refuse(move, refusal.message)
            return
        if self._waiting is not None and self._waiting.ticket != move.ticket:
            self.answer = MoveAnswer(self._waiting.ticket, False, "Another move came first.")
        first = self._waiting != move
        self._waiting, self.asking = move, True
        self.errors, self.problem = {} if first else dict(refusal.fields), ""
        if first:
            self.asked = found

    async def _refuse(self, move: Move, reason: str) -> None:
        """The card goes back; an open dialog stays, with what was typed, until it is left."""
        if self.asking and self._waiting == move:
            self.problem, self.errors = reason, {}
            return
        self.answer = MoveAnswer(move.ticket, False, reason)
        self._close()
        (await self.get_state(Toaster)).latest = plain_toast("Not moved. " + reason, "bad")

    def _close(self) -> None:
        self._waiting, self.asking, self.errors, self.problem = None, False, {}, ""
