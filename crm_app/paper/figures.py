"""Numbers, money and dates as the language of a document writes them: amounts always with all their decimals."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import (
    NumberPattern,
    format_currency,
    get_currency_precision,
    get_decimal_symbol,
    parse_pattern,
)

from crm_app.core.money import to_major


class Figures:
    """How one document writes what it counts."""

    def __init__(self, language: str, currency: str) -> None:
        self.locale = _locale(language)
        self.currency = currency
        self.digits = get_currency_precision(currency)
        self.point = get_decimal_symbol(self.locale)

    def amount(self, minor: int | None) -> str:
        """Without the currency, as in a column: "1,234.50"."""
        return "" if minor is None else _number(self.locale, to_major(minor, self.currency), self.digits)

    def money(self, minor: int) -> str:
        """With the currency: "€1,234.50"."""
        return format_currency(to_major(minor, self.currency), self.currency, locale=self.locale)

    def quantity(self, value: Decimal | None) -> str:
        """With as many decimals as it has."""
        if value is None:
            return ""
        plain = value.normalize()
        exponent = plain.as_tuple().exponent
        return _number(self.locale, plain, max(0, -exponent) if isinstance(exponent, int) else 0)

    def day(self, value: date) -> str:
        """A date in the middle length of the language."""
        return format_date(value, format="medium", locale=self.locale)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@lru_cache(maxsize=20_000)
def _number(locale: Locale, value: Decimal, digits: int) -> str:
    return _pattern(locale, digits).apply(value, locale)


@lru_cache(maxsize=64)
def _pattern(locale: Locale, digits: int) -> NumberPattern:
    """The language's own grouping, with a fixed number of decimals."""
    pattern = parse_pattern(locale.decimal_formats[None].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
