"""The order of the cards in a column, the same in SQL and, as numbers, in the browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Float, case, cast, func, literal

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.db import number_of
from crm_app.core.money import to_major
from crm_app.deals.queries.totals import Money, opening_day
from crm_app.records.listing.order import Key, Order, Part
from crm_app.tables import Deal

deal = table_of(Deal)
LAST = Part(deal.c.id, False, False)
BY_HAND = Order((Part(deal.c.rank, False, False), LAST), ())


@dataclass(frozen=True)
class Sorting:
    """An order for open stages; closed ones without an order of their own show the latest first."""

    name: str
    open: Order

    def of(self, kind: str) -> Order:
        """For a stage of that kind."""
        return BY_HAND if kind != "open" and self.name in ("next", "close") else self.open

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
        parts = enumerate(self.open.parts)
        return [_number(getattr(row, f"k{n}"), descending=part.descending) for n, part in parts]


HAND = Sorting("hand", BY_HAND)


def _number(value: Any, *, descending: bool) -> float | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.timestamp()
    elif isinstance(value, date):
        value = number_of(value)
    return -value if descending else value


def sorting_of(name: str, actor: Principal, money: Money | None) -> Sorting:
    """The order of that name for this reader, whose day it is; that by value needs the rates."""
    if name == "value":
        assert money is not None
        return Sorting(name, Order((Part(_worth(money), True, True), LAST), ()))
    if name == "close":
        return Sorting(name, Order((Part(deal.c.expected_close_on, False, True), LAST), ()))
    if name == "age":
        return Sorting(name, Order((Part(opening_day(), False, False), LAST), ()))
    return _by_next_step(clock.start_of(clock.today(actor.zone), actor.zone)) if name == "next" else HAND


@lru_cache(maxsize=32)
def _by_next_step(today: datetime) -> Sorting:
    """Overdue first, then those without a next step, then today and later, by time; `today` is its first instant."""
    morning = literal(today, deal.c.next_step_at.type)
    due = deal.c.next_step_at
    turn = case((due.is_(None), 1), (due < morning, 0), else_=2)
    parts = (Part(turn, False, False), Part(func.coalesce(due, morning), False, False), LAST)
    return Sorting("next", Order(parts, ()))


def _worth(money: Money) -> Any:
    """The value in the board's currency, good enough for an order; nothing where there is no rate."""
    target = money.rates.get(money.currency)
    known: Mapping[str, Any] = money.rates if target is not None else {money.currency: 1}
    units = {c: float(to_major(1, c) * worth / (target or 1)) for c, worth in known.items()}
    value = cast(deal.c.value_minor, Float)
    return case(*((deal.c.currency == c, value * literal(u, Float)) for c, u in units.items()), else_=None)
