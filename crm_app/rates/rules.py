"""Amounts in several currencies as one amount in another. Pure; exact until the one rounding at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from crm_app.core.money import is_currency, to_major, to_minor

DIGITS = 60  # more than any sum of amounts times a rate can have


@dataclass(frozen=True)
class Converted:
    """The amount in minor units, and by currency what has no rate; `is_empty`: nothing could be converted."""

    minor: int
    unrated: Mapping[str, int]
    is_empty: bool


def convert(
    amounts: Mapping[str, int | Decimal], rates: Mapping[str, Decimal], to: str, *, whole: bool = False
) -> Converted:
    """These minor units by currency in the currency `to`, rounded half to even once: to the cent, or `whole` units.

    A rate says how many units of the organisation's currency one unit is; its own is 1.
    """
    if not whole and amounts.keys() <= {to} and isinstance(value := amounts.get(to, 0), int):
        return Converted(value, {}, not value)
    target = rates.get(to)
    rated = {c: v for c, v in amounts.items() if c == to or (target is not None and c in rates)}
    with localcontext(prec=DIGITS):
        if set(rated) <= {to}:
            total = to_major(rated.get(to, 0), to)
        else:
            assert target is not None
            total = sum((to_major(v, c) * rates[c] for c, v in rated.items()), Decimal(0)) / target
        minor = _rounded(total, to, whole)
        left = {c: _rounded(to_major(v, c), c, whole) for c, v in sorted(amounts.items()) if c not in rated and v}
    return Converted(minor, left, not any(rated.values()))


def _rounded(major: Decimal, currency: str, whole: bool) -> int:
    return to_minor(major.to_integral_value() if whole else major, currency)


def problem(currency: str, home: str) -> str | None:
    """Why there can be no rate for this currency, if so."""
    if not is_currency(currency):
        return f"{currency[:20]!r} is not a currency. Write its three letters, such as EUR."
    return f"{home} is the organisation's own currency: it is always 1." if currency == home else None
