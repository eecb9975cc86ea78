"""Names of companies: the legal form apart, so that `Acme Ltd` and `ACME Limited` are one name."""

import unicodedata
from functools import lru_cache

from cleanco import termdata

from search.words import fold, pieces

LONGEST = 200
SHORT = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "aktiengesellschaft": "ag",
    "gesellschaft mit beschrankter haftung": "gmbh",
    "societe anonyme": "sa",
    "societe a responsabilite limitee": "sarl",
    "sociedad anonima": "sa",
    "societa per azioni": "spa",
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "limited liability company": "llc",
    "public limited company": "plc",
}
GLUE = frozenset("and und et y e the & co".split())  # noqa: SIM905


def _phrase(term: str) -> tuple[str, ...]:
    return tuple(_joined(pieces(fold(term))))


def _joined(parts: list[str]) -> list[str]:
    """`g m b h` is `gmbh`: single letters in a row are one word."""
    found: list[str] = []
    run = ""
    for part in [*parts, ""]:
        if len(part) == 1 and part.isalpha():
            run += part
            continue
        if run:
            found.append(run)
            run = ""
        if part:
            found.append(part)
    return found


@lru_cache(maxsize=1)
def _terms() -> dict[tuple[str, ...], frozenset[str]]:
    """Legal forms as words, each with the countries that know it."""
    countries: dict[tuple[str, ...], set[str]] = {}
    for country, terms in termdata.terms_by_country.items():
        for term in terms:
            countries.setdefault(_phrase(term), set()).add(country)
    for terms in termdata.terms_by_type.values():
        for term in terms:
            countries.setdefault(_phrase(term), set())
    for long, short in SHORT.items():
        countries.setdefault(tuple(long.split()), countries.get((short,), set()))
    return {words: frozenset(found) for words, found in countries.items() if words}


@lru_cache(maxsize=200_000)
def firm(text: str) -> tuple[str, str]:
    """The name without its legal form, and that form; a name that is nothing else stays."""
    plain = unicodedata.normalize("NFKC", text)[: 3 * LONGEST].replace("&", " & ").replace("+", " & ")
    words = _joined(pieces(fold(plain.replace("'", "").replace("’", ""))))
    kept, form = words, ""
    for length in (4, 3, 2, 1, 3, 2, 1):
        if len(kept) > length and tuple(kept[-length:]) in _terms():
            form = form or _short(kept[-length:])
            kept = kept[:-length]
    while len(kept) > 1 and kept[-1] in GLUE:
        kept = kept[:-1]
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    return " ".join(kept)[:LONGEST], form


def _short(words: list[str]) -> str:
    """A form as it is written short; `private limited` by its words."""
    return SHORT.get(" ".join(words)) or " ".join(SHORT.get(word, word) for word in words)


@lru_cache(maxsize=10_000)
def known_in(form: str) -> frozenset[str]:
    """The countries whose law knows this form; empty if that says nothing."""
    return _terms().get(tuple(form.split()), frozenset())
