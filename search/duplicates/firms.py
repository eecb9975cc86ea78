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
# What is not in the lists of `cleanco`: by country, as they are written after folding.
FURTHER = {
    "Arabic": ("ذمم", "شمم", "شذمم", "مساهمه"),
    "Greece": ("αε", "επε", "οε", "εε", "ικε"),
    "Russia": ("ооо", "оао", "зао", "пао", "ао", "нко", "ип"),
    "Ukraine": ("тов", "пп", "фоп", "прат", "пат", "ат", "тдв"),
    "Bulgaria": ("оод", "еоод", "ад", "еад", "ет"),
    "Türkiye": ("ltd sti", "limited sirketi", "anonim sirketi", "as"),
    "Spain": ("slu", "sau", "slp"),
    "Israel": ("בעמ",),
}
BEFORE = frozenset(("شركة", *FURTHER["Russia"], *FURTHER["Ukraine"], *FURTHER["Bulgaria"], "pt"))  # stand in front, too
# Written without a blank, in front or behind.
JOINED = (
    ("China", ("股份有限公司", "有限责任公司", "有限公司")),
    ("Japan", ("株式会社", "有限会社", "合同会社", "合名会社", "合資会社")),
    ("Korea", ("주식회사", "유한회사")),
)
UNSPACED = tuple(fold(term) for _, terms in JOINED for term in terms)
# With these many names begin, in whichever language: they make two no more alike than what stands behind them.
COMMON = frozenset(
    """
brothers bros gebruder gebroeders gebr brodrene broderna freres fratelli hermanos irmaos bracia bratia kardesler
αφοι αδελφοι брати братья اولاد ابناء group groupe gruppe grupo gruppo grupa grup holding company compagnie
compania companhia compagnia societe sociedad societa firma studio international national first general royal
new
""".split()
)
GLUE = frozenset("and und et y e the & co".split())


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
    for country, terms in (*FURTHER.items(), *JOINED):
        for term in terms:
            countries.setdefault(_phrase(term), set()).add(country)
    for long, short in SHORT.items():
        countries.setdefault(tuple(long.split()), countries.get((short,), set()))
    return {words: frozenset(found) for words, found in countries.items() if words}


@lru_cache(maxsize=200_000)
def firm(text: str) -> tuple[str, str]:
    """The name without its legal form, and that form; a name that is nothing else stays."""
    plain = unicodedata.normalize("NFKC", text)[: 3 * LONGEST].replace("&", " & ").replace("+", " & ")
    kept, form = _unjoined(_joined(pieces(fold(plain.replace("'", "").replace("’", "")))))
    for length in (4, 3, 2, 1, 3, 2, 1):
        if len(kept) > length and tuple(kept[-length:]) in _terms():
            form = form or _short(kept[-length:])
            kept = kept[:-length]
    while len(kept) > 1 and kept[0] in BEFORE:
        form, kept = form or (kept[0] if (kept[0],) in _terms() else ""), kept[1:]
    while len(kept) > 1 and kept[-1] in GLUE:
        kept = kept[:-1]
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    return " ".join(kept)[:LONGEST], form


def _unjoined(words: list[str]) -> tuple[list[str], str]:
    """Without a form that is written without a blank before or behind it, and that form."""
    for term in UNSPACED if words else ():
        for at, rest in ((0, words[0].removeprefix(term)), (-1, words[-1].removesuffix(term))):
            if rest != words[at] and (rest or len(words) > 1):
                kept = list(words)
                kept[at] = rest
                return [word for word in kept if word], term
    return words, ""


def _short(words: list[str]) -> str:
    """A form as it is written short; `private limited` by its words."""
    return SHORT.get(" ".join(words)) or " ".join(SHORT.get(word, word) for word in words)


@lru_cache(maxsize=10_000)
def known_in(form: str) -> frozenset[str]:
    """The countries whose law knows this form; empty if that says nothing."""
    return _terms().get(tuple(form.split()), frozenset())
