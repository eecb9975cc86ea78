"""Managed lists: which fields take their words from one, and what a word that somebody wrote means there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import Context, Field, kinds
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold
from crm_app.records.countries import country_code, country_name
from crm_app.tables import VocabularyTerm
from search.nearest import proposals, surely

# The lists, and how their page calls them.
VOCABULARIES = {
    "industry": "Industries",
    "title": "Titles",
    "source": "Sources",
    "country": "Countries",
    "reason": "Reasons for a loss",
}
LOOKED_UP = "vocabulary."
term = table_of(VocabularyTerm)


@dataclass(frozen=True)
class Words:
    """One list: folded word → name, and the pairs of word and name by which near ones are found."""

    meant: dict[str, str]
    pairs: tuple[tuple[str, str], ...]


def read_words(session: Session) -> dict[str, Words]:
    """Every list; where a synonym is the name of another term, the name counts."""
    query = select(term).where(term.c.deleted_at.is_(None)).order_by(term.c.vocabulary, term.c.sort_key, term.c.id)
    rows = session.connection().execute(query).all()
    pairs: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        pairs.setdefault(row.vocabulary, []).append((row.name, row.name))
    for row in rows:
        pairs[row.vocabulary] += [(str(word), row.name) for word in row.synonyms]
    found = {}
    for name, known in pairs.items():
        meant: dict[str, str] = {}
        for word, of in known:
            meant.setdefault(fold(word), of)
        found[name] = Words(meant, tuple(known))
    return found


def tidy_word(vocabulary: str) -> Callable[[Context, str], str]:
    """For a field of that list: a synonym becomes its term, a country its name; what is not known stays as written."""

    def tidy(context: Context, text: str) -> str:
        key = ("vocabularies",)
        if key not in context.cache:
            context.cache[key] = read_words(context.session)
        return meaning(context.cache[key].get(vocabulary), vocabulary, text)

    return tidy


def meaning(words: Words | None, vocabulary: str, text: str) -> str:
    """The term of this very word or synonym."""
    known = words.meant.get(fold(text), "") if words else ""
    if not known and vocabulary == "country" and (code := country_code(text)):
        known = country_name(code)
    return known or text


def fields_of_list(vocabulary: str) -> list[tuple[str, Field]]:
    """The fields that take their words from a list, each with the name of its kind."""
    return [(k.name, f) for k in kinds() for f in k.fields if f.vocabulary == vocabulary]


def propose(session: Session, vocabulary: str, text: str) -> list[str]:
    """Terms that are near to what is being typed, the nearest first."""
    words = read_words(session).get(vocabulary)
    return proposals(text, words.pairs) if words and text.strip() else []


def misspelt(words: Words | None, text: str) -> str:
    """The term that a word of a file surely means although it is neither a term nor a synonym; else empty."""
    if words is None or fold(text) in words.meant:
        return ""
    return surely(text, words.pairs)


def near_to(words: Words | None, texts: Iterable[str]) -> dict[str, str]:
    """For words that are not in the list: the nearest term, empty where none is near."""
    pairs = words.pairs if words else ()
    return {text: next(iter(proposals(text, pairs, 1)), "") for text in texts}
