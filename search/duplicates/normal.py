"""One record in the form in which records are compared: the same for a form, an import and a file."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from search.duplicates.contacts import email, phone, website
from search.duplicates.fields import FURTHER, KEPT, SLOTS, Profile
from search.duplicates.firms import firm
from search.duplicates.people import given_name, surname, whole_name
from search.duplicates.places import are_swapped, country, house, postcode, street, town
from search.words import fold

Value = str | Sequence[str] | None
LONGEST = 300
NOTHING = ("", "")
BLANK = ("",) * SLOTS
_ISO = re.compile(r"^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?$")
_SEPARATED = re.compile(r"[;,\s]+")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")


def normalise(record: Mapping[str, Value]) -> Profile:
    """The profile of a record by the names of `fields.GIVEN`; e-mail, phone and website may be several."""
    one = {name: _one(value) for name, value in record.items() if value}
    first, last = one.get("first_name", ""), one.get("last_name", "")
    if first and not last and " " in first:
        first, last = whole_name(first)
    given, older = given_name(first) if first else NOTHING
    family, generation = surname(last) if last else NOTHING
    land = country(one["country"]) if "country" in one else ""
    emails, domains = _emails(_several(record, "email")) if "email" in one else ({}, [])
    if "website" in one:
        domains = [*domains, *(d for d in map(website, _several(record, "website")) if d)]
    phones = {p: None for p in (phone(t, land) for t in _several(record, "phone")) if p} if "phone" in one else {}
    name, form = firm(one["company"]) if one.get("company") else NOTHING
    return (
        given,
        family,
        generation or older,
        *_slots(emails),
        *_slots(phones),
        name,
        form,
        domains[0] if domains else "",
        *_place(one),
        land,
        birth(one["birth_date"]) if "birth_date" in one else "",
        national(one["national_id"]) if "national_id" in one else "",
        _more(emails),
        _more(phones),
    )


def _one(value: Value) -> str:
    text = value if isinstance(value, str) else (value[0] if value else "")
    return (text or "").strip()[:LONGEST]


def _several(record: Mapping[str, Value], name: str) -> list[str]:
    value = record.get(name) or ()
    return [value] if isinstance(value, str) else [text for text in value if text]


def _emails(texts: Sequence[str]) -> tuple[dict[str, None], list[str]]:
    addresses, domains = {}, []
    for text in texts:
        for one in _SEPARATED.split(text[:LONGEST]) if "@" in text else ():
            address, domain = email(one)
            if address:
                addresses[address] = None
            if domain:
                domains.append(domain)
    return addresses, domains


def _slots(found: Mapping[str, None]) -> tuple[str, ...]:
    return (*list(found)[:SLOTS], *BLANK[len(found) :]) if found else BLANK


def _more(found: Mapping[str, None]) -> str:
    """Those after the slots, with blanks between them."""
    return " ".join(list(found)[SLOTS : SLOTS + FURTHER]) if len(found) > SLOTS else ""


def _place(one: Mapping[str, str]) -> tuple[str, ...]:
    """Number, street, second line, town, region, postcode."""
    line, number = street(one["street"]) if one.get("street") else NOTHING
    second, other = street(one["street2"]) if one.get("street2") else NOTHING
    given = house(one["street_number"]) if one.get("street_number") else ""
    city, code, region = one.get("city", ""), one.get("postcode", ""), one.get("region", "")
    if are_swapped(city, code):
        city, code = code, city
    number = given or number or ("" if line else other)
    return number, line, second, town(city), town(region), postcode(code)


@lru_cache(maxsize=200_000)
def birth(text: str) -> str:
    """A date as eight digits, year first; `14.3.1980` is read with the day first; else the digits as they are."""
    if (found := _ISO.match(text)) is not None:
        return "".join(found.groups())
    if (found := _DAY_FIRST.match(text)) is not None:
        day, month, year = found.groups()
        if int(month) > 12:
            day, month = month, day
        return f"{year}{int(month):02}{int(day):02}"
    found = "".join(c for c in text if c.isdigit())
    return found if len(found) >= 4 else ""


def national(text: str) -> str:
    """Letters and digits alone; "" for one sign repeated, which stands for nothing."""
    found = "".join(c for c in fold(text) if c.isalnum())
    return found if len(set(found)) > 1 else ""


assert len(normalise({})) == len(KEPT)
