"""Quantities, rates and amounts as people type and read them: exact, never through a float."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

# 1500, 1,500 and 1,500.25; a lone comma could be either sign, so 2,5 is asked again.
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d+)?")
_SPACES = re.compile(r"[\s'\u2019\u00a0\u202f]")


def decimal_of(text: str, places: int, label: str) -> Decimal:
    """The number that was typed. Raises ValueError in words for the person."""
    plain = _SPACES.sub("", text).replace("\u2212", "-")
    if not _NUMBER.fullmatch(plain):
        hint = " Write a point before the decimals." if "," in plain else ""
        raise ValueError(f"{label}: {text.strip()[:40]!r} is not a number.{hint}")
    number = Decimal(plain.replace(",", ""))
    if len(plain) > 20:
        raise ValueError(f"{label}: this number is too long.")
    if number != round(number, places):
        most = f"at most {places} decimals" if places else "no decimals"
        raise ValueError(f"{label} may have {most}.")
    return number


def thousandths(text: str, label: str) -> int:
    """`8.875` as 8875; nothing as 0. Raises ValueError in words for the person."""
    plain = text.strip().removesuffix("%").strip()
    return int(decimal_of(plain, 3, label).scaleb(3)) if plain else 0


def money_of(text: str, currency: str, label: str) -> int:
    """`1,250.50` in minor units; nothing as 0. Raises ValueError in words for the person."""
    plain = text.strip().removeprefix(currency).removesuffix(currency).strip(" €$£¥")
    places = get_currency_precision(currency)
    return int(decimal_of(plain, places, label).scaleb(places)) if plain else 0


def milli_text(milli: int) -> str:
    """8875 as `8.875`, 19000 as `19`."""
    sign = "-" if milli < 0 else ""
    whole, rest = divmod(abs(milli), 1000)
    return f"{sign}{whole}" + (f".{rest:03d}".rstrip("0") if rest else "")


def amount_text(minor: int, currency: str) -> str:
    """Minor units as they are typed: `1250.50`."""
    places = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"
