"""Money as whole minor units with a currency (ISO 4217 exponents, by Babel's CLDR data)."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, list_currencies

from crm_app.core.errors import Invalid
from crm_app.core.numbers import formats_of

WITHOUT_CENTS = 100_000  # major units from which the cents of a sum say nothing


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies("en"))


def is_currency(code: str) -> bool:
    """Is this a code of ISO 4217, in capitals?"""
    return code in _currencies()


def to_minor(amount: Decimal | int | str, currency: str) -> int:
    """Minor units of an amount in major units, half to even. Raises Invalid if it is no number."""
    try:
        value = Decimal(amount)
        scaled = value.scaleb(get_currency_precision(currency))
        return int(scaled.to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, OverflowError, ValueError):
        raise Invalid({"amount": f"{str(amount)[:40]!r} is not an amount."}) from None


def to_major(minor: int | Decimal, currency: str) -> Decimal:
    """The amount in major units."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


@lru_cache(maxsize=20_000)
def format_money(minor: int | None, currency: str, locale: str = "en") -> str:
    """As a person reads it; whole amounts without decimals, nothing for None."""
    if minor is None:
        return ""
    major = to_major(minor, currency)
    formats = formats_of(locale)
    if major == major.to_integral_value():
        return format_currency(major, currency, format=_whole(formats), locale=formats, currency_digits=False)
    return format_currency(major, currency, locale=formats)


@lru_cache(maxsize=64)
def _whole(formats: Locale) -> str:
    """The pattern of an amount without its decimals: the sign of the currency stays where it stands with them."""
    return formats.currency_formats["standard"].pattern.replace(".00", "")


def format_sum(minor: int, currency: str, locale: str = "en") -> str:
    """A sum as a person reads it at a glance: from 100,000 units on without cents, as nobody reads them there."""
    major = to_major(minor, currency)
    if abs(major) < WITHOUT_CENTS:
        return format_money(minor, currency, locale)
    return format_money(to_minor(major.to_integral_value(ROUND_HALF_EVEN), currency), currency, locale)


def format_exact(minor: int, currency: str, locale: str = "en") -> str:
    """With its cents, also where there are none: as on a document."""
    return format_currency(to_major(minor, currency), currency, locale=formats_of(locale))
