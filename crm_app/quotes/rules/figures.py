"""What the seller watches and the customer does not see: how much was given away, and what is earned."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_app.quotes.rules.rounding import divided
from crm_app.quotes.rules.totals import HUNDRED, ONE, Line, Terms, Totals, tax_of


@dataclass(frozen=True, slots=True)
class Figures:
    """Thousandths of a percent: the discount against the price rule's prices, and the margin on the net amount.

    The margin is of the lines whose cost is known, None if there is none.
    """

    discount_milli: int
    margin_milli: int | None


def figures_of(lines: Sequence[Line], terms: Terms, totals: Totals) -> Figures:
    """The discount is rounded up and the margin down, so that a limit is not passed by rounding.

    A unit price below the price that the rule gave is a discount like any other.
    """
    listed = kept = revenue = cost = 0
    is_known = False
    for line, after in zip(lines, totals.after, strict=True):
        if not line.counts:
            continue
        listed += divided(line.quantity_milli * max(line.unit_price_minor, line.list_price_minor or 0), ONE)
        kept += after
        if line.unit_cost_minor is not None:
            is_known = True
            inside = tax_of(after, line.tax_milli, terms) if terms.price_mode == "inclusive" else 0
            revenue += after - inside
            cost += divided(line.quantity_milli * line.unit_cost_minor, ONE)
    discount = -((kept - listed) * HUNDRED // listed) if listed > kept else 0
    return Figures(discount, _margin(revenue, cost) if is_known else None)


def _margin(revenue: int, cost: int) -> int:
    if revenue == 0:
        return 0 if cost == 0 else -HUNDRED
    return (revenue - cost) * HUNDRED // revenue
