"""Telephone numbers: stored as E.164 (ITU-T), shown in groups, compared by their digits."""

from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from crm_app.core.changes import Context
from crm_app.core.changes.working import table_of
from crm_app.records.countries import country_code
from crm_app.tables import Organisation

ZEROS = "A number of nothing but zeros calls nobody. Please correct it, or leave it empty."
UNREAD = "Kept as written: begin with + and the code of the country, and Kith can dial it."
EXTENSION = " ext. "
SEPARATORS = " -./()\u00a0"
ROOM = 4096  # so many numbers are known without being read again
organisation = table_of(Organisation)
_kept: dict[str, PhoneNumber] = {}  # by E.164, as they were made


def normal(text: str, region: str = "") -> str:
    """E.164 with an extension behind it, or the text as it is where it is no possible number.

    `region` (ISO 3166) is where a number without a country code is dialled. Raises ValueError for zeros only.
    """
    digits = [c for c in text if c.isdigit()]
    if digits and set(digits) == {"0"} and not any(c.isalpha() for c in text):
        raise ValueError(ZEROS)
    number = _parsed(text, region)
    if number is None:
        return text
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension:
        return f"{e164}{EXTENSION}{number.extension}"
    if len(_kept) >= ROOM:
        _kept.clear()
    _kept[e164] = number
    return e164


def is_read(text: str) -> bool:
    """Is this a number that was understood?"""
    return _parsed(text, "") is not None


def shown(text: str) -> str:
    """`+442079460123` → `+44 20 7946 0123`; anything else as it is."""
    number = _parsed(text, "")
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else text


def _parsed(text: str, region: str) -> PhoneNumber | None:
    """Of a number with a plus the region says nothing; a file that is imported is read several times."""
    if (known := _kept.get(text)) is not None:
        return known
    return None if len(text) > 60 else _read(text, "" if text.startswith("+") else region)


@lru_cache(maxsize=ROOM)
def _read(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def digits_of(text: str) -> str:
    """What is compared: the digits, without the zero that only stands within a country."""
    return "".join(c for c in text.replace("(0)", "") if c.isascii() and c.isdigit()).lstrip("0")


def bare(column: Any) -> ColumnElement[str]:
    """The column without what groups its digits, as SQL."""
    for mark in SEPARATORS:
        column = func.replace(column, mark, "")
    return column


def tidy_phone(context: Context, text: str) -> str:
    """Registered with every field that holds a number: as E.164, by the country of the organisation."""
    key = ("region of the organisation",)
    if key not in context.cache:
        context.cache[key] = home_region(context.session)
    return normal(text, context.cache[key])


def home_region(session: Session) -> str:
    """The country of the organisation as ISO 3166; empty while it is not set."""
    query = select(organisation.c.country).where(organisation.c.deleted_at.is_(None)).order_by(organisation.c.id)
    return country_code(session.connection().execute(query.limit(1)).scalar() or "")
