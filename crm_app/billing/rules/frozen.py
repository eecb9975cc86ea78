"""Lines of an accepted quote as they are frozen: each with its own share of discount and tax, to the cent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from crm_app.quotes.rules import Line, TaxRow, Terms, Totals, spread


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """What a line of the quote comes to. `amount` is as printed, before the discount of the whole quote.

    `index` is its place among the lines of the quote, None for the shipping.
    """

    index: int | None
    quantity_milli: int
    tax_milli: int
    amount: int
    net: int
    tax: int


class Taxed(Protocol):
    """Anything with a rate, a net amount and a tax."""

    @property
    def tax_milli(self) -> int: ...
    @property
    def net(self) -> int: ...
    @property
    def tax(self) -> int: ...


def freeze(lines: Sequence[Line], terms: Terms, totals: Totals) -> list[FrozenLine]:
    """The lines that count, and the shipping; their nets and taxes add up to those of the totals."""
    drafts = [
        (n, line.quantity_milli, line.tax_milli, totals.lines[n], totals.after[n])
        for n, line in enumerate(lines)
        if line.counts
    ]
    if terms.shipping_minor:
        drafts.append((None, 1000, terms.shipping_tax_milli, terms.shipping_minor, terms.shipping_minor))  # pyright: ignore[reportArgumentType]
    of_rate: dict[int, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        of_rate[draft[2]].append(place)
    taxes = [0] * len(drafts)
    for row in totals.taxes:
        places = of_rate[row.rate_milli]
        for place, tax in zip(places, spread(row.tax_minor, [drafts[p][4] for p in places]), strict=True):
            taxes[place] = tax
    inside = terms.price_mode == "inclusive"
    return [
        FrozenLine(index, quantity, rate, amount, after - tax if inside else after, tax)
        for (index, quantity, rate, amount, after), tax in zip(drafts, taxes, strict=True)
    ]


def tax_rows(lines: Iterable[Taxed]) -> list[TaxRow]:
    """One row for each rate, ascending."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        sums[line.tax_milli][0] += line.net
        sums[line.tax_milli][1] += line.tax
    return [TaxRow(rate, *sums[rate]) for rate in sorted(sums)]
