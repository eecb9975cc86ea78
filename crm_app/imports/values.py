"""A cell as the value of a field. Raises ValueError in plain words; nothing is guessed."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.core.changes.kinds import Field
from crm_app.core.changes.values import coerce
from crm_app.core.errors import Invalid
from crm_app.core.money import to_minor
from crm_app.core.text import fold

_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_TWO_WAYS = re.compile(r"[+-]?\d{1,3},\d{3}")
_CONTINENTAL = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d+,\d{1,2})")
_MARK = r"(?:[A-Z]{3}|[$€£¥₹₽₩₺₫₴₦฿])?"
_AMOUNT = re.compile(rf"([+-]?)\s*{_MARK}\s*([+-]?[\d.,'\s]+(?:[eE][+-]?\d+)?)\s*{_MARK}")
_SPACES = {ord(c): None for c in " '\u00a0\u202f\u2009\t"}
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def parse_number(label: str, text: str) -> Decimal:
    """A number as people write it: 1,234.50 · 1.234,50 · 1 234,50 · $1,234. Raises ValueError."""
    found = _AMOUNT.fullmatch(text.strip())
    bare = (found.group(1) + found.group(2)).translate(_SPACES) if found else ""
    if _ENGLISH.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _CONTINENTAL.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise ValueError(f"{label}: {text[:40]!r} is not a number.") from None
    if not number.is_finite() or abs(number) >= 10**15:
        raise ValueError(f"{label}: {text[:40]!r} is not a number that can be stored.")
    return number


def parse_date(label: str, text: str) -> date:
    """A day as 2026-05-31 or 31.05.2026, with or without a time behind it. Raises ValueError for any other."""
    try:
        if found := _DOTTED.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text).date()
    except ValueError:
        raise ValueError(f"{label}: {text[:40]!r} is not a date such as 2026-05-31.") from None


def convert(field: Field, text: str, currency: str, zone: str, scale: Decimal | None = None) -> Any:
    """The stored value of a cell that is not empty. Raises ValueError in plain words."""
    if field.type == "money":
        amount = parse_number(field.label, text) * (scale or 1)
        if amount < 0:
            raise ValueError(f"{field.label} must not be negative.")
        try:
            return coerce(field, to_minor(amount, currency))
        except Invalid as error:
            raise ValueError(f"{field.label}: {error.message}") from None
    if field.type == "decimal":
        if _TWO_WAYS.fullmatch(text.strip()):
            raise ValueError(f"{field.label}: {text[:40]!r} can be read in two ways. Write it with a point.")
        return coerce(field, parse_number(field.label, text) * (scale or 1))
    if field.type in ("int", "float"):
        number = parse_number(field.label, text) * (scale or 1)
        return coerce(field, number if field.type == "int" else float(number))
    if field.type == "date":
        return coerce(field, parse_date(field.label, text))
    if field.type == "datetime":
        return coerce(field, _instant(field, text, zone))
    if field.type == "choice":
        return coerce(field, next((c for c in field.choices if fold(c) == fold(text)), text))
    return coerce(field, text)


def _instant(field: Field, text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.combine(parse_date(field.label, text), time())
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
