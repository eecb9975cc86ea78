"""Words and filters as tantivy queries; nothing typed is ever parsed as a query language."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import tantivy

from search.asked import Asked, Word
from search.embedded.schema import START, START_LETTERS
from search.filters import TEXT_FIELDS, And, Eq, Filter, In, Or
from search.ranking import BODY, EXACT, PREFIX, TYPO
from search.words import grams

Query = tantivy.Query
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
FEW = 20  # values of a set that are looked up one by one, instead of a bitmap of all documents that have one
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
    exact = Query.const_score_query(Query.term_query(schema, "near", word.text, "basic"), float(EXACT))
    near = Query.fuzzy_term_query(schema, "near", word.text, word.typos, True, word.prefix)
    return Query.disjunction_max_query([exact, Query.const_score_query(near, float(TYPO))])


def _phrase(schema: tantivy.Schema, runs: Sequence[str]) -> tantivy.Query:
    if len(runs) == 1:
        return Query.term_query(schema, "phone", runs[0], "basic")
    return Query.phrase_query(schema, "phone", list(runs))


def _all(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    return parts[0] if len(parts) == 1 else Query.boolean_query([(MUST, part) for part in parts])


def _word(schema: tantivy.Schema, word: Word, forgiving: bool) -> tantivy.Query:
    """The best way in which a document has this word, as its score."""
    ways: list[tantivy.Query] = []
    for field, less in (("title", 0), ("body", BODY)):
        exact = Query.term_query(schema, field, word.text, "basic")
        ways.append(Query.const_score_query(exact, float(EXACT - less)))
        if word.prefix:
            begins = _begins(schema, field, word.text)
            ways.append(Query.const_score_query(begins, float(PREFIX - less)))
        if forgiving and word.typos:
            near = Query.fuzzy_term_query(schema, field, word.text, word.typos, True, word.prefix)
            ways.append(Query.const_score_query(near, float(TYPO - less)))
    return Query.disjunction_max_query(ways)


def _begins(schema: tantivy.Schema, field: str, text: str) -> tantivy.Query:
    if len(text) <= START_LETTERS:
        return Query.term_query(schema, START + field, text, "basic")
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
    match where:
        case Eq(field, value):
            return Query.term_query(schema, field, value, "basic")
        case In(field, values) if not values:
            return Query.empty_query()
        case In(field, values) if len(values) <= FEW:
            return Query.boolean_query([(SHOULD, Query.term_query(schema, field, v, "basic")) for v in values])
        case In(field, values):
            return Query.term_set_query(schema, field, list(values))
        case And(parts):
            return reduce(_both, (filter_query(schema, part) for part in parts), Query.all_query())
        case Or(parts):
            given = [(SHOULD, filter_query(schema, part)) for part in parts]
            return Query.boolean_query(given) if given else Query.empty_query()
    if where.field in TEXT_FIELDS:
        raise ValueError(f"{where.field} has no order")
    bounds: dict[str, Any] = {"lower_bound": where.least, "upper_bound": where.most}
    return Query.range_query(schema, where.field, tantivy.FieldType.Integer, **bounds)


def _both(left: tantivy.Query, right: tantivy.Query) -> tantivy.Query:
    return Query.boolean_query([(MUST, left), (MUST, right)])
