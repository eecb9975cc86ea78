"""Managed lists: which fields take their words from one, and what a word that somebody wrote means there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from crm_app.core.changes import Children, Context, Field, Kind, kinds
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold
from crm_app.records.countries import country_names, country_words
from crm_app.tables import VocabularyTerm
from search.nearest import proposals, surely

# The lists, and how their page calls them.
VOCABULARIES = {
    "industry": "Industries",
    "title": "Titles",
    "source": "Sources",
    "country": "Countries",
    "reason": "Reasons for a loss",
    "setback": "Reasons for going back",
    "decline": "Reasons for declining a quote",
}
LOOKED_UP = "vocabulary."
term = table_of(VocabularyTerm)


@dataclass(frozen=True)
class Words:
    """One list: folded word → name, and the pairs of word and name by which near ones are found.

    `usual` are pairs that are proposed while somebody types although nobody has put them into the list.
    """

    meant: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    usual: tuple[tuple[str, str], ...] = ()


def read_words(session: Session) -> dict[str, Words]:
    """Every list; where a synonym is the name of another term, the name counts."""
    query = select(term).where(term.c.deleted_at.is_(None)).order_by(term.c.vocabulary, term.c.sort_key, term.c.id)
    rows = session.connection().execute(query).all()
    pairs: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        pairs.setdefault(row.vocabulary, []).append((row.name, row.name))
    for row in rows:
        pairs[row.vocabulary] += [(str(word), row.name) for word in row.synonyms]
    pairs.setdefault("country", [])
    found = {}
    for name, known in pairs.items():
        meant: dict[str, str] = {}
        for word, of in known:
            meant.setdefault(fold(word), of)
        usual = _countries() if name == "country" else Words({}, ())
        more = tuple(pair for pair in usual.pairs if fold(pair[0]) not in meant)
        found[name] = Words({**usual.meant, **meant}, tuple(known), more)
    return found


@cache
def _countries() -> Words:
    """Those of the world, which need not be in the list: by any name or code, near ones by their usual name."""
    return Words(dict(country_words()), tuple((name, name) for name in sorted(country_names())))


def tidy_word(vocabulary: str) -> Callable[[Context, str], str]:
    """For a field of that list: a synonym becomes its term, a country its name; what is not known stays as written."""

    def tidy(context: Context, text: str) -> str:
        key = ("vocabularies",)
        if key not in context.cache:
            context.cache[key] = read_words(context.session)
        return meaning(context.cache[key].get(vocabulary), text)

    return tidy


def meaning(words: Words | None, text: str) -> str:
    """The term of this very word or synonym, or the word itself."""
    return (words.meant.get(fold(text)) if words else None) or text


@dataclass(frozen=True, eq=False)
class Place:
    """Where words of a list are written: in a field of a kind, or of a part of its records."""

    kind: Kind
    field: Field
    part: Children | None = None

    @property
    def path(self) -> str:
        """`country`, `addresses.country`."""
        return f"{self.part.name}.{self.field.name}" if self.part else self.field.name

    @property
    def column(self) -> ColumnElement[str]:
        """What is written there."""
        return table_of((self.part or self.kind).table).c[self.field.name]

    def among(self, query: Any) -> Any:
        """The query, of the living records of the kind with this part."""
        root = table_of(self.kind.table)
        if self.part is not None:
            part = table_of(self.part.table)
            query = query.join_from(root, part, part.c[self.part.parent] == root.c.id)
            query = query.where(*(part.c[name] == value for name, value in self.part.fixed.items()))
        return query.where(root.c.deleted_at.is_(None), self.column != "")


def places_of_list(vocabulary: str) -> list[Place]:
    """The fields that take their words from a list, those of the records themselves before those of their parts."""
    plain = [Place(k, f) for k in kinds() for f in k.fields if f.vocabulary == vocabulary]
    parts = [Place(k, f, c) for k in kinds() for c in k.children for f in c.fields if f.vocabulary == vocabulary]
    return plain + parts


def terms_in(session: Session, vocabulary: str) -> tuple[str, ...]:
    """The terms of a list in their order."""
    query = select(term.c.name).where(term.c.vocabulary == vocabulary, term.c.deleted_at.is_(None))
    return tuple(session.connection().execute(query.order_by(term.c.sort_key, term.c.id)).scalars())


def propose(words: Words | None, text: str) -> list[str]:
    """Terms that are near to what is being typed, the nearest first."""
    return proposals(text, (*words.pairs, *words.usual)) if words and text.strip() else []


def misspelt(words: Words | None, text: str) -> str:
    """The term that a word surely means although it is neither a term nor a synonym; else empty."""
    if words is None or fold(text) in words.meant:
        return ""
    return surely(text, words.pairs)


def near_to(words: Words | None, texts: Iterable[str]) -> dict[str, str]:
    """For words that are not in the list: the nearest term, empty where none is near."""
    pairs = words.pairs if words else ()
    return {text: next(iter(proposals(text, pairs, 1)), "") for text in texts}
