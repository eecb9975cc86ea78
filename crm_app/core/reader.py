"""Counts, days and times in the formats of whoever reads; the words around them are English, and a day has 24 hours.

Whose formats: of the actor that `core.db` runs a query or a command for, of the signed-in person in an event, else of
the organisation. So a sentence deep in a rule needs no parameter for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from crm_app.core.config import settings
from crm_app.core.numbers import formats_of

ENGLISH = {  # a day stands first everywhere in Kith, also for those of English without a country
    "MMMd": "d MMM",
    "yMMMd": "d MMM y",
    "MMMMd": "d MMMM",
    "yMMMMd": "d MMMM y",
    "MMMEd": "EEE d MMM",
    "yMMMEd": "EEE d MMM y",
}
AS_THEY_ARE = {"LLL", "ccc", "cccc"}  # names that stand alone
_reader: ContextVar[str] = ContextVar("kith_reader", default="")


@contextmanager
def read_by(locale: str) -> Iterator[None]:
    """What is written within is for a person with these formats; an empty name changes nothing."""
    if not locale:
        yield
        return
    token = _reader.set(locale)
    try:
        yield
    finally:
        _reader.reset(token)


def set_reader(locale: str) -> None:
    """The same for the rest of this context."""
    _reader.set(locale)


def formats() -> str:
    """The name of the formats in force, such as `de`."""
    return _reader.get() or settings().locale


def numeral(number: int | float | Decimal) -> str:
    """`12,057`, with all its digits."""
    return number_words(number, formats())


def number_words(number: Decimal | int | float, locale: str) -> str:
    """The same for a reader who is named."""
    return format_decimal(number, locale=formats_of(locale), decimal_quantization=False)


def rounded(number: float | Decimal, places: int) -> str:
    """`0.183`, always with so many decimals."""
    return format_decimal(number, format="#,##0" + ("." + "0" * places if places else ""), locale=formats_of(formats()))


def short_day(day: date) -> str:
    """`27 Nov`."""
    return _written(day, "MMMd")


def full_day(day: date, locale: str = "") -> str:
    """`27 Nov 2026`; for a reader who is named, if one is."""
    return _written(day, "yMMMd", locale)


def near_day(day: date, today: date, locale: str = "") -> str:
    """`27 Nov`, with the year if it is another one."""
    return _written(day, "MMMd" if day.year == today.year else "yMMMd", locale)


def long_day(day: date) -> str:
    """`27 November 2026`."""
    return _written(day, "yMMMMd")


def day_of_week(day: date, today: date) -> str:
    """`Friday, 27 November`, with the year if it is another one."""
    return f"{_written(day, 'cccc')}, {_written(day, 'MMMMd' if day.year == today.year else 'yMMMMd')}"


def short_day_of_week(day: date, today: date) -> str:
    """`Fri 27 Nov`, with the year if it is another one."""
    return _written(day, "MMMEd" if day.year == today.year else "yMMMEd")


def weekday_name(day: date) -> str:
    """`Fri`."""
    return _written(day, "ccc")


def month_year(day: date) -> str:
    """`Nov 2026`."""
    return _written(day, "yMMM")


def month_name(day: date) -> str:
    """`Nov`."""
    return _written(day, "LLL")


def time_of_day(at: datetime) -> str:
    """`15:05`, in the zone that it has."""
    return f"{at:%H:%M}"


def day_and_time(at: datetime) -> str:
    """`27 Nov 2026, 15:05`."""
    return f"{full_day(at)}, {time_of_day(at)}"


def long_day_and_time(at: datetime) -> str:
    """`27 November 2026, 15:05`."""
    return f"{long_day(at)}, {time_of_day(at)}"


def short_day_and_time(at: datetime) -> str:
    """`27 Nov 15:05`."""
    return f"{short_day(at)} {time_of_day(at)}"


def _written(day: date, skeleton: str, locale: str = "") -> str:
    return _cached(date(day.year, day.month, day.day), skeleton, locale or formats())  # an instant would be read in UTC


@lru_cache(maxsize=8192)
def _cached(day: date, skeleton: str, locale: str) -> str:
    known = formats_of(locale)
    if skeleton in AS_THEY_ARE:
        return format_date(day, skeleton, locale=known)
    if known.language == "en" and skeleton in ENGLISH:
        return format_date(day, ENGLISH[skeleton], locale=known)
    if skeleton == "yMMMMd":
        return format_date(day, "long", locale=known)
    return format_skeleton(skeleton, day, locale=known)
