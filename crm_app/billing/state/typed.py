"""From what a dialog sends to what the commands take. Raises Invalid by the names of the fields."""

from collections.abc import Mapping
from datetime import date

from crm_app.billing.rules import Part
from crm_app.core.errors import Invalid
from crm_app.core.numbers import money_of, thousandths

MOST_ROWS = 24
Values = Mapping[str, str]


def amount_in(values: Values, currency: str, locale: str) -> int:
    """The field `amount`."""
    try:
        return money_of(values.get("amount", ""), currency, "Amount", locale)
    except ValueError as error:
        raise Invalid({"amount": str(error)}) from None


def share_in(values: Values, locale: str) -> int:
    """The field `share`, in thousandths of a percent."""
    try:
        return thousandths(values.get("share", ""), "Share", locale)
    except ValueError as error:
        raise Invalid({"share": str(error)}) from None


def day_in(values: Values, name: str) -> date:
    """A day as a browser gives it."""
    try:
        return date.fromisoformat(values.get(name, "").strip())
    except ValueError:
        raise Invalid({name: "Please give a day."}) from None


def quantities_in(values: Values, locale: str) -> dict[int, int]:
    """The fields `q.ID`, in thousandths; empty ones are left out."""
    found: dict[int, int] = {}
    wrong: dict[str, str] = {}
    for name, text in values.items():
        mark, _, id = name.partition(".")
        if mark != "q" or not id.isascii() or not id.isdigit() or len(id) > 16 or not text.strip():
            continue
        try:
            quantity = thousandths(text, "Quantity", locale)
        except ValueError as error:
            wrong[id] = str(error)
        else:
            if quantity:
                found[int(id)] = quantity
    if wrong:
        raise Invalid(wrong)
    return found


def schedule_in(values: Values, locale: str) -> list[Part]:
    """The rows `label.N`, `share.N`, `days.N`; a row without name and share is none."""
    found, wrong = [], {}
    for n in range(MOST_ROWS):
        label, share, days = (values.get(f"{name}.{n}", "").strip() for name in ("label", "share", "days"))
        if not label and not share:
            continue
        try:
            milli = thousandths(share, "Share", locale)
            term = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else -1 if days else 14
            found.append(Part(label, milli, term))
        except ValueError as error:
            wrong["parts"] = str(error)
    if wrong:
        raise Invalid(wrong)
    return found
