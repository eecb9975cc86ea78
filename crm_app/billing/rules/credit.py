"""Credit notes: all that is left of an invoice, or an amount of it; never more than was invoiced."""

from collections.abc import Iterable, Sequence

from crm_app.billing.rules.frozen import Taxed, tax_rows
from crm_app.billing.rules.invoicing import Left, NewLine
from crm_app.core.errors import Invalid
from crm_app.quotes.rules import divided, spread


def left_to_credit(invoiced: Iterable[Taxed], credited: Iterable[Taxed]) -> dict[int, Left]:
    """By rate: what of the invoice was not credited."""
    gone = {row.rate_milli: row for row in tax_rows(credited)}
    found = {}
    for row in tax_rows(invoiced):
        less = gone.get(row.rate_milli)
        net = row.net_minor - (less.net_minor if less else 0)
        tax = row.tax_minor - (less.tax_minor if less else 0)
        found[row.rate_milli] = Left(0, net, net, tax)
    return found


def credit_all(invoiced: Sequence[Taxed], credited: Sequence[Taxed], *, inside: bool = False) -> list[NewLine]:
    """A line for each rate with all that is left of it."""
    left = left_to_credit(invoiced, credited)
    return [_line(rate, there.net, there.tax, inside) for rate, there in left.items() if there.net or there.tax]


def credit_part(
    total: int, invoiced: Sequence[Taxed], credited: Sequence[Taxed], *, inside: bool = False
) -> list[NewLine]:
    """An amount, taxes included, spread over the rates. Raises Invalid beyond what is left."""
    left = left_to_credit(invoiced, credited)
    if total <= 0:
        raise Invalid({"amount": "The amount must be more than zero."})
    if total > sum(there.total for there in left.values()):
        raise Invalid({"amount": "This is more than is left of the invoice."})
    found = []
    for (rate, there), part in zip(left.items(), spread(total, [r.total for r in left.values()]), strict=True):
        if part:
            tax = divided(part * there.tax, there.total)
            found.append(_line(rate, part - tax, tax, inside))
    return found


def _line(rate: int, net: int, tax: int, inside: bool) -> NewLine:
    return NewLine(None, "line", 1000, rate, net + tax if inside else net, net, tax)
