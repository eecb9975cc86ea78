"""Which price holds for a product. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Book:
    """The prices of one product in a price book: (from this quantity in thousandths, minor units)."""

    id: int
    name: str
    currency: str
    segment: str
    tiers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units, and where they come from, in words."""

    minor: int
    why: str


def price_of(
    books: Sequence[Book], listed: tuple[int | None, str], currency: str, segment: str, quantity_milli: int
) -> Price | None:
    """The book of the segment in this currency, else that for everybody, else the list price in the same currency.

    In a book the tier with the largest quantity that is reached holds; a book without one is passed over. Of two books
    for the same, the older one (smaller id) holds. None: there is no price in this currency.
    """
    wanted = segment.strip().casefold()
    fitting = [b for b in books if b.currency == currency and b.segment.strip().casefold() in (wanted, "")]
    for book in sorted(fitting, key=lambda b: (not b.segment.strip(), b.id)):
        reached = [tier for tier in book.tiers if tier[0] <= quantity_milli]
        if reached:
            return Price(max(reached)[1], f"Price book {book.name}")
    minor, of = listed
    return Price(minor, "List price") if minor is not None and of == currency else None
