"""Words and filters as tantivy queries; nothing typed is ever parsed as a query language."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import tantivy

from search.asked import Asked, Word
from search.embedded.schema import START, START_LETTERS, held
from search.filters import TEXT_FIELDS, And, Eq, Filter, In, Or, Range, Value
from search.ranking import BODY, EXACT, PREFIX, TYPO
from search.words import grams

Query = tantivy.Query
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
FEW = 60  # values of a set that are looked up one by one, instead of a bitmap of all documents that have one
OWN = 0.3  # as a score: decides between candidates of equal words


def text_query(schema: tantivy.Schema, asked: Asked, *, forgiving: bool) -> tantivy.Query:
    """Every word must be found; `forgiving`: with its typos too."""
    if len(asked.words) == 1 and len(asked.words[0].text) == 1:  # too many have it elsewhere to be of use
        return Query.const_score_query(_begins(schema, "title", asked.words[0].text), float(PREFIX))
    ways = [_all([_word(schema, word, forgiving) for word in asked.words])]
    for number in asked.numbers:
        phone = Query.const_score_query(_phrase(schema, grams(number)), float(EXACT - BODY))
        ways.append(_all([phone, *(_word(schema, word, forgiving) for word in asked.others)]))
    return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)


def near_query(schema: tantivy.Schema, asked: Asked) -> tantivy.Query:
    """Every word must be found, with its typos, in what has a name: a tenth of the words, so ten times as fast."""
    return _all([_near(schema, word) for word in asked.words])


def _near(schema: tantivy.Schema, word: Word) -> tantivy.Query:
    if not word.typos:
        return _word(schema, word, forgiving=False)
    near = Query.fuzzy_term_query(schema, "near", word.text, word.typos, True, word.prefix)
    return _better(near, TYPO, [(_term(schema, "near", word.text), EXACT)])


def _phrase(schema: tantivy.Schema, runs: Sequence[str]) -> tantivy.Query:
    if len(runs) == 1:
        return Query.term_query(schema, "phone", runs[0], "basic")
    return Query.phrase_query(schema, "phone", list(runs))


def _all(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    return parts[0] if len(parts) == 1 else Query.boolean_query([(MUST, part) for part in parts])


def _word(schema: tantivy.Schema, word: Word, forgiving: bool) -> tantivy.Query:
    """The best way in which a document has this word, as its score."""
    ways = [(_term(schema, "words", word.text), EXACT - BODY), (_term(schema, "title", word.text), EXACT)]
    if word.prefix:
        begins, title = (_begins(schema, field, word.text) for field in ("words", "title"))
        ways = [(begins, PREFIX - BODY), (title, PREFIX), *ways]
    if forgiving and word.typos:
        like, title = (
            Query.fuzzy_term_query(schema, field, word.text, word.typos, True, word.prefix)
            for field in ("words", "title")
        )
        ways = [(like, TYPO - BODY), (title, TYPO), *ways]
    return _better(*ways[0], ways[1:])


def _better(query: tantivy.Query, score: int, more: Sequence[tuple[tantivy.Query, int]]) -> tantivy.Query:
    """What the query finds, by the highest score of all; `more` finds nothing else, and is only asked about that.

    In a union every document of the most frequent word would be walked through."""
    added = [Query.const_score_query(further, float(best - score)) for further, best in more]
    best = added[0] if len(added) == 1 else Query.disjunction_max_query(added)
    return Query.boolean_query([(MUST, Query.const_score_query(query, float(score))), (SHOULD, best)])


def _begins(schema: tantivy.Schema, field: str, text: str) -> tantivy.Query:
    if len(text) <= START_LETTERS:
        return _term(schema, START + field, text)
    return Query.fuzzy_term_query(schema, field, text, 0, True, True)


def narrowed(schema: tantivy.Schema, query: tantivy.Query, where: Filter | None, mine: int | None) -> tantivy.Query:
    """Only what the filter lets through; what is one's own a little higher."""
    parts: list[tuple[tantivy.Occur, tantivy.Query]] = [(MUST, query)]
    if where is not None:
        parts.append((MUST, Query.const_score_query(filter_query(schema, where), 0.0)))
    if mine is not None:
        parts.append((SHOULD, Query.const_score_query(Query.term_query(schema, "owner", mine), OWN)))
    return query if len(parts) == 1 else Query.boolean_query(parts)


def either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """What one of them finds."""
    return Query.boolean_query([(SHOULD, query) for query in queries])


def filter_query(schema: tantivy.Schema, where: Filter) -> tantivy.Query:
    """The documents that a filter lets through."""
    one = _one_by_one(where)
    if one is not None:
        found = [Query.const_score_query(_term(schema, field, value), 0.0) for field, value in one]
        return found[0] if len(found) == 1 else Query.boolean_query([(SHOULD, query) for query in found])
    match where:
        case In(field, values):
            return Query.term_set_query(schema, field, list(values)) if values else Query.empty_query()
        case And(parts):
            return reduce(_both, (filter_query(schema, part) for part in parts), Query.all_query())
        case Or(parts):
            given = [(SHOULD, filter_query(schema, part)) for part in parts]
            return Query.boolean_query(given) if given else Query.empty_query()
        case Range(field, least, most) if field not in TEXT_FIELDS:
            bounds: dict[str, Any] = {"lower_bound": least, "upper_bound": most}
            return Query.range_query(schema, field, tantivy.FieldType.Integer, **bounds)
    raise ValueError(f"{where.field} has no order")


def _one_by_one(where: Filter) -> list[tuple[str, Value]] | None:
    """The few terms that together are this filter, if there are such; kinds of certain owners are one term each."""
    match where:
        case Eq(field, value):
            return [(field, value)]
        case In(field, values) if 0 < len(values) <= FEW:
            return [(field, value) for value in dict.fromkeys(values)]
        case And((Eq("kind") | In("kind") as kinds, Eq("owner") | In("owner") as owners)):
            both = [held(str(name), owner) for name in _values(kinds) for owner in _values(owners)]
            return [("held", value) for value in both] if 0 < len(both) <= FEW else None
        case Or(parts) if parts:
            found = [_one_by_one(part) for part in parts]
            return None if None in found else [term for terms in found if terms for term in terms]
    return None


def _values(where: Eq | In) -> tuple[Value, ...]:
    return (where.value,) if isinstance(where, Eq) else tuple(dict.fromkeys(where.values))


def _term(schema: tantivy.Schema, field: str, value: Value) -> tantivy.Query:
    return Query.term_query(schema, field, value, "basic")


def _both(left: tantivy.Query, right: tantivy.Query) -> tantivy.Query:
    return Query.boolean_query([(MUST, left), (MUST, right)])
