"""Quantities, rates and amounts as people type and read them: exact, never through a float."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_decimal_symbol

_SPACES = re.compile(r"[\s'\u2019\u00a0\u202f]")
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*")


@lru_cache(maxsize=64)
def formats_of(locale: str) -> Locale:
    """The formats of a person: `en-GB` and `en_GB` are one, and what nobody knows is English."""
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def decimal_sign(locale: str) -> str:
    """What stands before the decimals in the formats of a person: a point or a comma."""
    return "," if get_decimal_symbol(formats_of(locale)) == "," else "."


def read_number(text: str, locale: str = "en") -> Decimal:
    """What a person typed: 1,250.50 and 1.250,50 and 1250,5 whoever writes it; 1,250 as the person's formats have it.

    Raises ValueError in words that a label can stand before.
    """
    plain = _SPACES.sub("", text).replace("\u2212", "-")
    sign = decimal_sign(locale)
    grouped = _GROUPED.fullmatch(plain)
    if "," in plain and "." in plain:
        sign = max(",.", key=plain.rindex)
    elif grouped and (grouped[1] != sign or plain.count(grouped[1]) > 1):
        sign = "," if grouped[1] == "." else "."
    else:
        sign = "," if "," in plain else "."
    whole, _, rest = plain.partition(sign)
    other = "." if sign == "," else ","
    if other in whole and _GROUPED.fullmatch(whole):
        whole = whole.replace(other, "")
    try:
        if not (whole + rest).strip("+-").isdecimal() and not _EXPONENT.fullmatch(plain):
            raise InvalidOperation
        return Decimal(plain if _EXPONENT.fullmatch(plain) else f"{whole}.{rest}")
    except InvalidOperation:
        raise ValueError(f"{text.strip()[:40]!r} is not a number.") from None


def typed_text(number: Decimal, locale: str = "en") -> str:
    """A number as this person would type it, without groups: `read_number` reads it back."""
    return f"{number:f}".replace(".", decimal_sign(locale))


def decimal_of(text: str, places: int, label: str, locale: str = "en") -> Decimal:
    """The number that was typed, as `read_number` has it. Raises ValueError in words for the person."""
    try:
        number = read_number(text, locale)
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None
    plain = _SPACES.sub("", text)
    if "e" in plain.lower():
        raise ValueError(f"{label}: {text.strip()[:40]!r} is not a number.")
    if len(plain) > 20:
        raise ValueError(f"{label}: this number is too long.")
    if -int(number.as_tuple().exponent) > places:  # also of 1.500 as a price, which is fifteen hundred to many
        most = f"at most {places} decimals" if places else "no decimals"
        raise ValueError(f"{label} may have {most}.")
    return number


def thousandths(text: str, label: str, locale: str = "en") -> int:
    """`8.875` as 8875, as its writer means it; nothing as 0. Raises ValueError in words for the person."""
    plain = text.strip().removesuffix("%").strip()
    return int(decimal_of(plain, 3, label, locale).scaleb(3)) if plain else 0


def money_of(text: str, currency: str, label: str, locale: str = "en") -> int:
    """`1,250.50` in minor units, as its writer means it; nothing as 0. Raises ValueError in words for the person."""
    plain = text.strip().removeprefix(currency).removesuffix(currency).strip(" €$£¥")
    places = get_currency_precision(currency)
    return int(decimal_of(plain, places, label, locale).scaleb(places)) if plain else 0


def milli_text(milli: int, locale: str = "en") -> str:
    """8875 as `8.875`, 19000 as `19`: as a person with these formats types it."""
    sign = "-" if milli < 0 else ""
    whole, rest = divmod(abs(milli), 1000)
    return f"{sign}{whole}" + (f"{decimal_sign(locale)}{rest:03d}".rstrip("0") if rest else "")


def amount_text(minor: int, currency: str, locale: str = "en") -> str:
    """Minor units as a person with these formats types them: `1250.50`."""
    places = get_currency_precision(currency)
    return typed_text(Decimal(minor).scaleb(-places), locale)
