"""What no quote may hold, in words for the person who typed it, by field."""

from collections.abc import Sequence

from crm_app.core.reader import numeral
from crm_app.quotes.rules.rounding import divided
from crm_app.quotes.rules.totals import HUNDRED, ONE, Line, Terms, line_amount

MOST_PIECES = 1_000_000_000  # thousandths: a million
MOST_PRICE = 10**12
MOST_TOTAL = 2**53
MOST_LINES = 500


def problems_of_line(line: Line) -> dict[str, str]:
    """Empty when the line holds."""
    wrong: dict[str, str] = {}
    if line.quantity_milli <= 0:
        wrong["quantity_milli"] = "The quantity must be more than zero."
    elif line.quantity_milli > MOST_PIECES:
        wrong["quantity_milli"] = f"The quantity must not be more than {numeral(1_000_000)}."
    if line.unit_price_minor < 0:
        wrong["unit_price_minor"] = "The price must not be negative. Give a discount instead."
    elif line.unit_price_minor > MOST_PRICE:
        wrong["unit_price_minor"] = "This price is too large."
    wrong |= _rate("tax_milli", line.tax_milli)
    if line.discount_milli and line.discount_minor:
        wrong["discount_milli"] = "Give the discount in percent or as an amount, not both."
    elif not 0 <= line.discount_milli <= HUNDRED:
        wrong["discount_milli"] = "A discount must be between 0 and 100 %."
    elif line.discount_minor < 0:
        wrong["discount_minor"] = "A discount must not be negative."
    elif not wrong and line.discount_minor > divided(line.quantity_milli * line.unit_price_minor, ONE):
        wrong["discount_minor"] = "The discount is more than the line costs."
    return wrong


def problems_of_terms(terms: Terms, lines: Sequence[Line]) -> dict[str, str]:
    """Empty when what holds for the whole quote fits its lines, which hold by themselves."""
    wrong = _rate("shipping_tax_milli", terms.shipping_tax_milli)
    if terms.shipping_minor < 0:
        wrong["shipping_minor"] = "Shipping must not be negative."
    elif terms.shipping_minor > MOST_PRICE:
        wrong["shipping_minor"] = "This amount is too large."
    subtotal = sum(line_amount(line, terms.rounding_mode) for line in lines if line.counts)
    if terms.discount_milli and terms.discount_minor:
        wrong["discount_milli"] = "Give the discount in percent or as an amount, not both."
    elif not 0 <= terms.discount_milli <= HUNDRED:
        wrong["discount_milli"] = "A discount must be between 0 and 100 %."
    elif terms.discount_minor < 0:
        wrong["discount_minor"] = "A discount must not be negative."
    elif terms.discount_minor > subtotal:
        wrong["discount_minor"] = "The discount is more than all lines cost."
    if len(lines) > MOST_LINES:
        wrong["lines"] = f"A quote may have at most {MOST_LINES} lines."
    elif 2 * subtotal + terms.shipping_minor > MOST_TOTAL:
        wrong["lines"] = "This quote is too large to be added up."
    return wrong


def _rate(field: str, rate_milli: int) -> dict[str, str]:
    return {} if 0 <= rate_milli <= HUNDRED else {field: "A tax rate must be between 0 and 100 %."}
