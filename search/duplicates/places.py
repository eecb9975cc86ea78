"""Addresses: the number apart from the street, words of streets in one spelling, lines that changed places."""

import re
from functools import lru_cache

from search.words import fold, pieces

SPELT = {
    "st": "street",
    "str": "street",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "ln": "lane",
    "dr": "drive",
    "ct": "court",
    "crt": "court",
    "cl": "close",
    "cres": "crescent",
    "cct": "circuit",
    "crct": "circuit",
    "pl": "place",
    "sq": "square",
    "blvd": "boulevard",
    "bd": "boulevard",
    "hwy": "highway",
    "pde": "parade",
    "tce": "terrace",
    "ter": "terrace",
    "pkwy": "parkway",
    "gr": "grove",
    "gdns": "gardens",
    "apt": "apartment",
    "ste": "suite",
    "fl": "floor",
    "bldg": "building",
    "vlge": "village",
    "retrmnt": "retirement",
    "mt": "mount",
}
JOINED = re.compile(r"^(.{2,})(strasse|str|gasse|weg|platz|allee|straat|laan)$")
LEADING = re.compile(r"^\s*(?:no\.?\s*)?(\d+\s*[a-zA-Z]?(?:\s*[-/]\s*\d+[a-zA-Z]?)?)[\s,]+(?=.*[^\W\d_])(.+)$")
TRAILING = re.compile(r"^(.*[^\W\d_].*?)[\s,]+(\d+\s*[a-zA-Z]?(?:\s*[-/]\s*\d+[a-zA-Z]?)?)\s*$")
COUNTRIES = {
    "deutschland": "de",
    "germany": "de",
    "uk": "gb",
    "united kingdom": "gb",
    "great britain": "gb",
    "england": "gb",
    "usa": "us",
    "united states": "us",
    "united states of america": "us",
    "osterreich": "at",
    "austria": "at",
    "schweiz": "ch",
    "switzerland": "ch",
    "france": "fr",
    "frankreich": "fr",
    "australia": "au",
    "italy": "it",
    "italia": "it",
    "spain": "es",
    "espana": "es",
    "netherlands": "nl",
    "the netherlands": "nl",
    "nederland": "nl",
}


def street(text: str) -> tuple[str, str]:
    """The street in one spelling, and the number that stood before or behind it."""
    number = ""
    if not any(map(str.isdigit, text)):
        return _spelt(text), ""
    if (found := LEADING.match(text)) is not None:
        number, text = found.group(1), found.group(2)
    elif (found := TRAILING.match(text)) is not None:
        text, number = found.group(1), found.group(2)
    return _spelt(text), house(number)


@lru_cache(maxsize=200_000)
def _spelt(text: str) -> str:
    words = []
    parts = pieces(fold(text).replace("'", "").replace("’", ""))
    for n, word in enumerate(parts):
        if n and word in SPELT:
            words.append(SPELT[word])
        elif (joined := JOINED.match(word)) is not None:
            words += [joined.group(1), {"str": "strasse"}.get(joined.group(2), joined.group(2))]
        else:
            words.append(word)
    return " ".join("street" if word == "strasse" else word for word in words)


@lru_cache(maxsize=50_000)
def house(text: str) -> str:
    """A house number without blanks; `12 A` and `12a` are one."""
    found = "".join(c for c in fold(text) if c.isalnum() or c in "-/").strip("-/")
    return found.lstrip("0") or found


@lru_cache(maxsize=200_000)
def town(text: str) -> str:
    """A town or a region, folded."""
    return " ".join(SPELT.get(p, p) if n == 0 and p == "mt" else p for n, p in enumerate(pieces(fold(text))))


@lru_cache(maxsize=200_000)
def postcode(text: str) -> str:
    """Letters and digits alone."""
    return "".join(pieces(fold(text)))


@lru_cache(maxsize=10_000)
def country(text: str) -> str:
    """A country, by its code where it is well known."""
    name = " ".join(pieces(fold(text)))
    return COUNTRIES.get(name, name)


def are_swapped(town: str, postcode: str) -> bool:
    """A town of digits and a postcode without any: they changed places."""
    return town[:1].isdigit() and town.replace(" ", "").isdigit() and not any(map(str.isdigit, postcode or "0"))
