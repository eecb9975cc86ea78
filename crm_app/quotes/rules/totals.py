"""The arithmetic of a quote: lines, discounts, shipping, taxes per rate and the total.

Every line is a whole number of minor units, as it is printed. Taxes are computed once for each rate (`document`: the
sum of a rate times the rate, as EN 16931 BR-CO-14 and BR-S-09 want it) or for each line (`line`), and summed per rate.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crm_app.quotes.rules.rounding import RoundingMode, divided, spread

HUNDRED = 100_000  # a hundred percent, in thousandths of a percent
ONE = 1_000  # one piece, in thousandths


@dataclass(frozen=True, slots=True)
class Line:
    """A line: thousandths of a piece, minor units a piece, thousandths of a percent; one sort of discount at most."""

    quantity_milli: int
    unit_price_minor: int
    tax_milli: int = 0
    discount_milli: int = 0
    discount_minor: int = 0
    optional: bool = False
    ticked: bool = False
    list_price_minor: int | None = None
    unit_cost_minor: int | None = None

    @property
    def counts(self) -> bool:
        """Is it in the total?"""
        return self.ticked or not self.optional


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole quote; the overall discount does not touch shipping."""

    price_mode: Literal["exclusive", "inclusive"] = "exclusive"
    rounding: Literal["line", "document"] = "document"
    rounding_mode: RoundingMode = "half_up"
    discount_milli: int = 0
    discount_minor: int = 0
    shipping_minor: int = 0
    shipping_tax_milli: int = 0


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate: what it is taken of, and what it comes to."""

    rate_milli: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A quote in figures. `lines` and `after` are in the price mode, for every line, also those that do not count.

    `after` is a line less its part of the overall discount (0 where it does not count).
    """

    lines: tuple[int, ...]
    after: tuple[int, ...]
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    net_minor: int
    tax_minor: int
    total_minor: int
    taxes: tuple[TaxRow, ...]


def line_amount(line: Line, mode: RoundingMode = "half_up") -> int:
    """Quantity times price less the discount of the line, rounded once."""
    exact = line.quantity_milli * line.unit_price_minor
    if line.discount_milli:
        return divided(exact * (HUNDRED - line.discount_milli), ONE * HUNDRED, mode)
    return divided(exact, ONE, mode) - line.discount_minor


def tax_of(amount: int, rate_milli: int, terms: Terms) -> int:
    """The tax on an amount, or within it."""
    base = HUNDRED + rate_milli if terms.price_mode == "inclusive" else HUNDRED
    return divided(amount * rate_milli, base, terms.rounding_mode)


def totals_of(lines: Sequence[Line], terms: Terms) -> Totals:
    """All figures of a quote whose lines and terms hold (see `limits`)."""
    amounts = tuple(line_amount(line, terms.rounding_mode) for line in lines)
    subtotal = sum(amount for line, amount in zip(lines, amounts, strict=True) if line.counts)
    discount = terms.discount_minor
    if terms.discount_milli:
        discount = divided(subtotal * terms.discount_milli, HUNDRED, terms.rounding_mode)
    after = _less(lines, amounts, discount)
    taxes = _taxes(lines, after, terms)
    tax = sum(row.tax_minor for row in taxes)
    sum_of_all = subtotal - discount + terms.shipping_minor
    is_inclusive = terms.price_mode == "inclusive"
    return Totals(
        lines=amounts,
        after=after,
        subtotal_minor=subtotal,
        discount_minor=discount,
        shipping_minor=terms.shipping_minor,
        net_minor=sum_of_all - tax if is_inclusive else sum_of_all,
        tax_minor=tax,
        total_minor=sum_of_all if is_inclusive else sum_of_all + tax,
        taxes=taxes,
    )


def _less(lines: Sequence[Line], amounts: Sequence[int], discount: int) -> tuple[int, ...]:
    """Every line less its part of the overall discount, which is spread over the rates first, then within each."""
    of_rate: dict[int, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        if line.counts:
            of_rate[line.tax_milli].append(n)
    after = [0] * len(lines)
    rates = sorted(of_rate)
    shares = spread(discount, [sum(amounts[n] for n in of_rate[rate]) for rate in rates])
    for rate, share in zip(rates, shares, strict=True):
        parts = spread(share, [amounts[n] for n in of_rate[rate]])
        for n, part in zip(of_rate[rate], parts, strict=True):
            after[n] = amounts[n] - part
    return tuple(after)


def _taxes(lines: Sequence[Line], after: Sequence[int], terms: Terms) -> tuple[TaxRow, ...]:
    """One row for each rate, ascending; shipping belongs to the rate that it bears."""
    parts: dict[int, list[int]] = defaultdict(list)
    for line, amount in zip(lines, after, strict=True):
        if line.counts:
            parts[line.tax_milli].append(amount)
    if terms.shipping_minor:
        parts[terms.shipping_tax_milli].append(terms.shipping_minor)
    rows = []
    for rate in sorted(parts):
        amount = sum(parts[rate])
        taxed = parts[rate] if terms.rounding == "line" else [amount]
        tax = sum(tax_of(part, rate, terms) for part in taxed)
        rows.append(TaxRow(rate, amount - tax if terms.price_mode == "inclusive" else amount, tax))
    return tuple(rows)
