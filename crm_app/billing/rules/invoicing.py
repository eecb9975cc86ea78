"""What of an order is invoiced and what is left: by share, by quantity, or all of it.

A part invoiced ahead (a deposit, an instalment) is an `advance`; an invoice by quantities takes off the advances that
nothing was delivered for yet. So the invoices of an order never come to more than the order, for no rate, and the one
that takes the rest makes them equal to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_app.core.errors import Invalid
from crm_app.core.numbers import milli_text
from crm_app.quotes.rules import divided, spread

Role = Literal["line", "shipping", "advance", "deduction"]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of an order; amounts in minor units, `amount` as printed before the overall discount."""

    id: int
    quantity_milli: int
    tax_milli: int
    amount: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an invoice of that order that is not cancelled; a deduction is negative."""

    line_id: int | None
    role: Role
    quantity_milli: int
    tax_milli: int
    amount: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of an invoice to be."""

    line_id: int | None
    role: Role
    quantity_milli: int
    tax_milli: int
    amount: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a line or of a rate."""

    quantity_milli: int
    amount: int
    net: int
    tax: int

    @property
    def total(self) -> int:
        return self.net + self.tax


def left_of_lines(ordered: Sequence[Ordered], billed: Iterable[Billed]) -> dict[int, Left]:
    """By line: what was not invoiced by quantity."""
    taken: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in billed:
        if one.line_id is not None:
            for n, value in enumerate((one.quantity_milli, one.amount, one.net, one.tax)):
                taken[one.line_id][n] += value
    found = {}
    for line in ordered:
        gone = taken[line.id]
        found[line.id] = Left(
            line.quantity_milli - gone[0], line.amount - gone[1], line.net - gone[2], line.tax - gone[3]
        )
    return found


def left_of_rates(ordered: Sequence[Ordered], billed: Iterable[Billed]) -> dict[int, Left]:
    """By rate, ascending: what was not invoiced at all."""
    sums: dict[int, list[int]] = {rate: [0, 0] for rate in sorted({line.tax_milli for line in ordered})}
    for line in ordered:
        sums[line.tax_milli][0] += line.net
        sums[line.tax_milli][1] += line.tax
    for one in billed:
        sums[one.tax_milli][0] -= one.net
        sums[one.tax_milli][1] -= one.tax
    return {rate: Left(0, net, net, tax) for rate, (net, tax) in sums.items()}


def left_to_invoice(ordered: Sequence[Ordered], billed: Iterable[Billed]) -> int:
    """What the next invoices may come to, taxes included."""
    return sum(left.total for left in left_of_rates(ordered, billed).values())


def advance(total: int, ordered: Sequence[Ordered], billed: Sequence[Billed], *, inside: bool = False) -> list[NewLine]:
    """An amount, taxes included, ahead of delivery: a line for each rate. Raises Invalid beyond what is left.

    `inside`: prices include tax, and so do the amounts as printed.
    """
    left = left_of_rates(ordered, billed)
    whole = sum(rate.total for rate in left.values())
    if total <= 0:
        raise Invalid({"amount": "The amount must be more than zero."})
    if total > whole:
        raise Invalid({"amount": "This is more than is left to invoice."})
    found = []
    for (rate, there), part in zip(left.items(), spread(total, [r.total for r in left.values()]), strict=True):
        if part:
            tax = divided(part * there.tax, there.total)
            shown = part if inside else part - tax
            found.append(NewLine(None, "advance", 1000, rate, shown, part - tax, tax))
    return found


def by_quantity(
    wanted: Mapping[int, int],
    ordered: Sequence[Ordered],
    billed: Sequence[Billed],
    *,
    shipping: int | None = None,
    inside: bool = False,
    locale: str = "en",
) -> list[NewLine]:
    """So many thousandths of each line, less what was invoiced ahead. Raises Invalid, every wrong line by its id.

    The line of the shipping goes with the first delivery that asks for it.
    """
    left = left_of_lines(ordered, billed)
    wrong: dict[str, str] = {}
    lines: list[NewLine] = []
    for line in ordered:
        asked = wanted.get(line.id, 0)
        if asked and (reason := _refused(asked, left[line.id].quantity_milli, locale)):
            wrong[str(line.id)] = reason
        elif asked:
            role: Role = "shipping" if line.id == shipping else "line"
            lines.append(_taken(line, asked, left[line.id], role))
    if unknown := set(wanted) - {line.id for line in ordered}:
        wrong |= {str(id): "This line is not in the order." for id in unknown}
    if not lines and not wrong:
        wrong["quantity"] = "Give a quantity for at least one line."
    if wrong:
        raise Invalid(wrong)
    return lines + _deductions(lines, billed, inside=inside)


def rest(
    ordered: Sequence[Ordered], billed: Sequence[Billed], *, shipping: int | None = None, inside: bool = False
) -> list[NewLine]:
    """All that is left, less what was invoiced ahead. Raises Invalid when nothing is."""
    left = left_of_lines(ordered, billed)
    wanted = {id: there.quantity_milli for id, there in left.items() if there.quantity_milli > 0}
    if not wanted:
        raise Invalid({"quantity": "Everything in this order is invoiced."})
    return by_quantity(wanted, ordered, billed, shipping=shipping, inside=inside)


def _refused(asked: int, left: int, locale: str) -> str:
    if asked < 0:
        return "A quantity must not be negative."
    if left <= 0:
        return "This line is invoiced already."
    return f"Only {milli_text(left, locale)} left." if asked > left else ""


def _taken(line: Ordered, asked: int, left: Left, role: Role) -> NewLine:
    """The last part of a line takes what is left of it, so that the parts add up."""
    if asked == left.quantity_milli:
        return NewLine(line.id, role, asked, line.tax_milli, left.amount, left.net, left.tax)
    amount, net, tax = (divided(part * asked, left.quantity_milli) for part in (left.amount, left.net, left.tax))
    return NewLine(line.id, role, asked, line.tax_milli, amount, net, tax)


def _deductions(lines: Sequence[NewLine], billed: Iterable[Billed], *, inside: bool) -> list[NewLine]:
    """What was invoiced ahead and is delivered now, by rate."""
    ahead: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    now: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in billed:
        if one.role in ("advance", "deduction"):
            ahead[one.tax_milli][0] += one.net
            ahead[one.tax_milli][1] += one.tax
    for line in lines:
        now[line.tax_milli][0] += line.net
        now[line.tax_milli][1] += line.tax
    found = []
    for rate in sorted(now):
        net, tax = (min(a, b) for a, b in zip(ahead[rate], now[rate], strict=True))
        if net or tax:
            found.append(NewLine(None, "deduction", 1000, rate, -(net + tax if inside else net), -net, -tax))
    return found
