"""Countries and languages by any of their names: ISO 3166 and BCP 47 codes, with the names that Babel (CLDR) knows."""

from collections.abc import Iterator
from functools import cache

from babel import Locale

from crm_app.core.text import fold

READ = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
# What people write and CLDR does not say.
ALSO = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "america": "US",
    "united states of america": "US",
    "uk": "GB",
    "u.k.": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "republic of korea": "KR",
    "russian federation": "RU",
    "uae": "AE",
    "brasil": "BR",
}


@cache
def _codes() -> dict[str, str]:
    """Folded name → code; what the first language says wins."""
    found = dict(ALSO)
    for language in READ:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                found.setdefault(fold(str(name)), code)
                found.setdefault(code.lower(), code)
    for language, code in {("de", "DE"), ("es", "ES"), ("fr", "FR"), ("it", "IT"), ("pl", "PL")}:
        found.setdefault(fold(str(Locale(language).territories[code])), code)
    return found


def country_code(text: str) -> str:
    """`Germany`, `Deutschland`, `de` → `DE`; empty for what is no country."""
    return _codes().get(fold(text), "")


@cache
def country_name(code: str, language: str = "en") -> str:
    """`DE` → `Germany`; empty for an unknown code."""
    return str(Locale(language).territories.get(code.upper(), ""))


@cache
def country_names() -> frozenset[str]:
    """Every country as Kith writes it."""
    return frozenset(name for code in set(_codes().values()) if (name := country_name(code)))


def country_words() -> Iterator[tuple[str, str]]:
    """Every folded name and code with the name under which Kith writes that country."""
    return ((word, name) for word, code in _codes().items() if (name := country_name(code)))


@cache
def _languages() -> dict[str, str]:
    """Folded name → code: in English, in the language itself, and the code."""
    found: dict[str, str] = {}
    for code, name in Locale("en").languages.items():
        if len(code) <= 3 and code not in ("mul", "und", "zxx", "mis"):  # codespell:ignore mis
            found.setdefault(fold(str(name)), code)
            found.setdefault(code, code)
    for code in READ:
        for other, name in Locale(code).languages.items():
            if other in READ:
                found.setdefault(fold(str(name)), other)
    return found


def language_code(text: str) -> str:
    """`German`, `deutsch`, `de-AT` → `de`; the text itself for what is no known language."""
    first = fold(text).replace("_", "-").partition("-")[0]
    return _languages().get(fold(text)) or _languages().get(first) or text
