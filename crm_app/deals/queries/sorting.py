"""The order of the cards in a column, the same in SQL and, as numbers, in the browser."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Float, bindparam, case, cast, func, literal

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.columns import number_of
from crm_app.core.money import to_major
from crm_app.deals.queries.totals import Money, opening_day
from crm_app.records.listing.order import Key, Order, Part
from crm_app.tables import Deal

deal = table_of(Deal)
LAST = Part(deal.c.id, False, False)
Shape = tuple[Any, ...]
BY_HAND = Order((Part(deal.c.rank, False, False), LAST), ())


@dataclass(frozen=True, eq=False)
class Leg:
    """A part of an order that is one range of an index: which deals, and their order there."""

    where: ColumnElement[bool]
    order: Order


@dataclass(frozen=True, eq=False)
class Sorting:
    """An order for open stages; closed ones without an order of their own show the latest first.

    `legs` are what the order is made of, one behind the other, where no index has the whole; the first part of a place
    is then the number of its leg, and the last ones are the place in it. The same order is the same object, so that
    statements can be kept.
    """

    name: str
    open: Order
    legs: tuple[Leg, ...] = ()

    def of(self, kind: str) -> Order:
        """For a stage of that kind."""
        return BY_HAND if kind != "open" and self.name in ("next", "close") else self.open

    def ways(self, kind: str, key: Key | None, *, backwards: bool = False) -> list[tuple[list[Any], Order]]:
        """The conditions and orders that together give the deals of such a stage in this order, one way after another:
        all of them, or those behind (or before) a place.
        """
        order = self.of(kind)
        if order is BY_HAND or not self.legs:
            return [([] if key is None else [order.beyond(key, backwards=backwards)], order)]
        if key is None:
            return [([leg.where], leg.order) for leg in self.legs]
        at, leg = key[0], self.legs[key[0]]
        here = leg.order.beyond(key[-len(leg.order.parts) :], backwards=backwards)
        beside = self.legs[:at] if backwards else self.legs[at + 1 :]
        return [([leg.where, here], leg.order), *(([other.where], other.order) for other in beside)]

    def shape(self, kind: str, key: Key) -> Shape:
        """What of a place tells statements apart: what is empty in it, and the number of its leg."""
        legged = bool(self.legs) and self.of(kind) is not BY_HAND
        return tuple(None if value is None else value if legged and not n else True for n, value in enumerate(key))

    def parameters(self, kind: str, shape: Shape) -> Key:
        """A place of that shape, its values parameters of a statement; `values` has them."""
        parts, legged = self.of(kind).parts, bool(self.legs) and self.of(kind) is not BY_HAND
        return [
            given if given is None or (legged and not n) else bindparam(f"place{n}", type_=parts[n].expression.type)
            for n, given in enumerate(shape)
        ]

    @cached_property
    def columns(self) -> list[Any]:
        """What must be read of a deal to know its place."""
        named = [p.expression.label(f"k{n}") for n, p in enumerate(self.open.parts)]
        return [*named, deal.c.rank.label("hand")]

    def place(self, row: Any, kind: str) -> Key:
        """Where a deal stands in a stage of that kind, from what was read."""
        if self.of(kind) is BY_HAND:
            return [row.hand, row.id]
        return [getattr(row, f"k{n}") for n in range(len(self.open.parts))]

    def numbers(self, row: Any) -> list[float | None]:
        """Its place among open deals as rising numbers, None the last; empty where only a hand decides."""
        if self.open is BY_HAND:
            return []
        return [_number(getattr(row, name), descending=descending) for name, descending in self._named]

    @cached_property
    def _named(self) -> list[tuple[str, bool]]:
        return [(f"k{n}", part.descending) for n, part in enumerate(self.open.parts)]


def values(key: Key) -> dict[str, Any]:
    """The parameters of a place."""
    return {f"place{n}": value for n, value in enumerate(key)}


HAND = Sorting("hand", BY_HAND)
BY_CLOSE = Sorting("close", Order((Part(deal.c.expected_close_on, False, True), LAST), ()))
BY_AGE = Sorting("age", Order((Part(opening_day(), False, False), LAST), ()))


def _number(value: Any, *, descending: bool) -> float | None:
    if value is None:
        return None
    if type(value) is int:
        return -value if descending else value
    if isinstance(value, datetime):
        value = value.timestamp()
    elif isinstance(value, date):
        value = number_of(value)
    return -value if descending else value


def sorting_of(name: str, actor: Principal, money: Money | None) -> Sorting:
    """The order of that name for this reader, whose day it is; that by value needs the rates."""
    if name == "value":
        assert money is not None
        return _by_value(money.currency, tuple(sorted(money.rates.items())))
    if name == "close":
        return BY_CLOSE
    if name == "age":
        return BY_AGE
    return _by_next_step(clock.start_of(clock.today(actor.zone), actor.zone)) if name == "next" else HAND


@lru_cache(maxsize=32)
def _by_next_step(today: datetime) -> Sorting:
    """Overdue first, then those without a next step, then today and later, by time; `today` is its first instant."""
    morning = literal(today, deal.c.next_step_at.type)
    due = deal.c.next_step_at
    turn = case((due.is_(None), 1), (due < morning, 0), else_=2)
    parts = (Part(turn, False, False), Part(func.coalesce(due, morning), False, False), LAST)
    by_time, by_id = Order((Part(due, False, False), LAST), ()), Order((LAST,), ())
    legs = (Leg(due < morning, by_time), Leg(due.is_(None), by_id), Leg(due >= morning, by_time))
    return Sorting("next", Order(parts, ()), legs)


@lru_cache(maxsize=32)
def _by_value(currency: str, rates: tuple[tuple[str, Decimal], ...]) -> Sorting:
    """By value in that currency at these rates, good enough for an order; last what has no rate."""
    known = dict(rates)
    target = known.get(currency)
    known = known if target is not None else {currency: Decimal(1)}
    units = {c: float(to_major(1, c) * worth / (target or 1)) for c, worth in known.items()}
    value = cast(deal.c.value_minor, Float)
    worth = case(*((deal.c.currency == c, value * literal(u, Float)) for c, u in units.items()), else_=None)
    return Sorting("value", Order((Part(worth, True, True), LAST), ()))
