"""Which pairs are worth a look: those that share a key, one of many, so that a slip in one field is no matter."""

from collections.abc import Callable, Iterator

import numpy as np

from search.duplicates.hashing import hashed, mixed
from search.duplicates.table import SHARED, Table

Part = tuple[str, str]  # a column and what is taken of it
AT_ONCE = 8_000_000  # pairs that are sorted together
MOST = 25  # of a larger group only neighbours in the order of names are compared
NEXT = 3


def _skeleton(word: str) -> str:
    """The first letter and the next three consonants, doubled letters once."""
    found = word[:1]
    for c in word[1:]:
        if c not in "aeiouyhw " and c != found[-1]:
            found += c
    return found[:4]


TAKE: dict[str, Callable[[str], str]] = {
    "all": lambda word: word,
    "3": lambda word: word[:3],
    "2": lambda word: word[:2],
    "1": lambda word: word[:1],
    "4": lambda word: word.replace(" ", "")[:4],
    "-4": lambda word: word.replace(" ", "")[-4:],
    "sound": _skeleton,
    "tail": lambda word: word[-7:] if len(word) >= 7 else "",
    "local": lambda word: word.partition("@")[0],
    "day": lambda word: word[4:],
    "first": lambda word: word.partition(" ")[0],
}
RULES: tuple[tuple[Part, ...], ...] = (
    (("birth", "all"),),
    (("birth", "all"), ("surname", "2")),
    (("birth", "all"), ("given", "2")),
    (("birth", "all"), ("postcode", "all")),
    (("national", "all"),),
    (("surname", "all"), ("postcode", "all")),
    (("given", "all"), ("postcode", "all")),
    (("surname", "all"), ("city", "all")),
    (("given", "all"), ("city", "all")),
    (("surname", "all"), ("number", "all")),
    (("given", "all"), ("number", "all")),
    (("surname", "all"), ("street", "4")),
    (("given", "all"), ("street", "4")),
    (("surname", "sound"), ("postcode", "2"), ("number", "all")),
    (("street", "all"), ("number", "all")),
    (("street", "4"), ("number", "all"), ("surname", "1")),
    (("street", "all"), ("postcode", "all")),
    (("street", "all"), ("city", "all")),
    (("street", "all"), ("given", "1"), ("surname", "1")),
    (("postcode", "all"), ("number", "all")),
    (("city", "all"), ("number", "all")),
    (("postcode", "all"), ("city", "all")),
    (("street2", "all"), ("postcode", "all")),
    (("street2", "all"), ("surname", "2")),
    (("surname", "all"), ("company", "4")),
    (("given", "all"), ("company", "all")),
    (("surname", "all"), ("domain", "all")),
)
FIRM_RULES: tuple[tuple[Part, ...], ...] = (
    (("company", "all"),),
    (("company", "sound"), ("city", "all")),
    (("company", "4"), ("postcode", "all")),
    (("company", "4"), ("street", "4")),
    (("company", "first"),),
    (("company", "4"), ("company", "-4")),
    (("domain", "all"),),
)
# What one record is asked by: few share such a key, and one at least survives a slip in any field.
TELLING = frozenset(
    [
        (("birth", "all"), ("surname", "2")),
        (("birth", "all"), ("given", "2")),
        (("national", "all"),),
        (("surname", "all"), ("postcode", "all")),
        (("given", "all"), ("postcode", "all")),
        (("surname", "all"), ("city", "all")),
        (("surname", "all"), ("street", "4")),
        (("street", "4"), ("number", "all"), ("surname", "1")),
        (("surname", "all"), ("company", "4")),
        (("given", "all"), ("company", "all")),
        (("surname", "all"), ("domain", "all")),
    ]
)
SEVERAL: tuple[Part, ...] = (("email", "all"), ("phone", "tail"), ("email", "local"))  # of these a record has many


class Keys:
    """The keys of a table's rows, by rule: the same number for the same texts in any table and any process.

    `telling`: only those by which one record is looked for; for a company without a person all that it has.
    """

    def __init__(self, table: Table, *, telling: bool = False) -> None:
        self.table, self._telling = table, telling
        self._hashed: dict[tuple[str, str], np.ndarray] = {}

    def __iter__(self) -> Iterator[np.ndarray]:
        """For each rule that this table has columns for, the key of each row; 0 where it has none."""
        for seed, rule in enumerate((*RULES, *FIRM_RULES), 1):
            if self._telling and rule not in TELLING and rule not in FIRM_RULES:
                continue
            if all(self.table.has(column) for column, _ in rule):
                found = self._combined(seed, rule)
                yield self._of_firms(found) if self._telling and rule in FIRM_RULES else found
        for way in ("all", "sound") if self._telling else ("all", "3", "sound"):
            if self.table.has("given"):
                yield self._names(way)

    def of_several(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The keys by what a row may have many of, and the row of each; 0 for none."""
        for name, way in SEVERAL:
            entries = self.table.every[name]
            if entries.any():
                part = self._hashes(name, way)[entries.codes]
                yield np.where(part != 0, mixed(np.uint64(1000 + len(way)), part), np.uint64(0)), entries.rows

    def _taken(self, column: str, way: str) -> np.ndarray:
        """The hash of what is taken of each row's text; 0 for nothing."""
        return self._hashes(SHARED.get(column, column), way)[self.table.codes[column]]

    def _hashes(self, vocabulary: str, way: str) -> np.ndarray:
        """The same for each word."""
        if (vocabulary, way) not in self._hashed:
            words, take = self.table.words[vocabulary].texts, TAKE[way]
            self._hashed[vocabulary, way] = hashed(words if way == "all" else [take(word) for word in words])
        return self._hashed[vocabulary, way]

    def _combined(self, seed: int, rule: tuple[Part, ...]) -> np.ndarray:
        found = np.full(self.table.size, np.uint64(seed))
        has = np.ones(self.table.size, dtype=bool)
        for column, way in rule:
            part = self._taken(column, way)
            has &= part != 0
            found = mixed(found, part)
        return np.where(has, found, np.uint64(0))

    def _of_firms(self, found: np.ndarray) -> np.ndarray:
        """Nobody is looked for among all who work at a company."""
        people = (self.table.codes["given"] > 0) | (self.table.codes["surname"] > 0)
        return np.where(people, np.uint64(0), found)

    def _names(self, way: str) -> np.ndarray:
        one, two = self._taken("given", way), self._taken("surname", way)
        found = mixed(mixed(np.uint64(2000 + len(way)), np.minimum(one, two)), np.maximum(one, two))
        return np.where((one != 0) & (two != 0), found, np.uint64(0))


def candidates(table: Table, sides: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows that share a key, each once, the smaller row first; with `sides` only pairs across them."""
    order = _by_name(table)
    place = np.empty(table.size, dtype=np.int32)
    place[order] = np.arange(table.size, dtype=np.int32)
    sorted_parts: list[np.ndarray] = []
    waiting: list[np.ndarray] = []
    for keys, rows in _ordered(Keys(table), order, place):
        waiting.append(_pairs(keys, rows, table.size, sides, several=rows is not order))
        if sum(map(len, waiting)) > AT_ONCE:
            sorted_parts, waiting = [*sorted_parts, _once(waiting)], []
    found = _once([*sorted_parts, _once(waiting)])
    return (found // table.size).astype(np.int32), (found % table.size).astype(np.int32)


def _ordered(keys: Keys, order: np.ndarray, place: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The keys of every rule with their rows, in the order of names."""
    for found in keys:
        yield found[order], order
    for found, rows in keys.of_several():
        at = np.argsort(place[rows], kind="stable")
        yield found[at], rows[at]


def _once(parts: list[np.ndarray]) -> np.ndarray:
    """All of these numbers in order, each once."""
    found = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    found.sort(kind="stable")  # parts that are sorted are only merged
    return found[np.r_[True, found[1:] != found[:-1]]] if len(found) else found


def _by_name(table: Table) -> np.ndarray:
    """Rows in the order of names, so that neighbours in a large group are alike."""
    ranks = []
    for column in ("given", "surname", "company"):
        words = table.vocabulary(column).texts
        rank = np.empty(len(words), dtype=np.int32)
        rank[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
        ranks.append(rank[table.codes[column]])
    return np.lexsort(ranks)


def _pairs(
    keys: np.ndarray, rows: np.ndarray, size: int, sides: np.ndarray | None, *, several: bool = False
) -> np.ndarray:
    """`left * size + right` of all rows of small groups, and of neighbours in large ones.

    `several`: a row may be there more than once.
    """
    held = np.flatnonzero(keys)
    if not len(held):
        return np.empty(0, dtype=np.int64)
    bits = np.uint64(
        len(keys).bit_length()
    )  # of a key these few are given up for the place, so that both are sorted at once
    places = (np.uint64(1) << bits) - np.uint64(1)
    ordered = np.sort((keys[held] & ~places) | held.astype(np.uint64), kind="stable")
    keys, rows = ordered >> bits, rows[(ordered & places).view(np.int64)]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    grouped = sizes > 1
    wide = np.repeat(sizes, sizes)
    reach = np.where(wide <= MOST, MOST, NEXT)
    left_over = np.repeat(starts + sizes, sizes) - 1 - np.arange(len(keys))  # how many of the group follow
    reach = np.minimum(reach, left_over)
    found = []
    at = np.flatnonzero(reach > 0) if grouped.any() else np.empty(0, dtype=np.int64)
    step = 1
    while len(at):
        one, two = rows[at], rows[at + step]
        if several or sides is not None:
            across = one != two if sides is None else sides[one] != sides[two]
            one, two = one[across], two[across]
        found.append(np.minimum(one, two).astype(np.int64) * size + np.maximum(one, two))
        step += 1
        at = at[reach[at] >= step]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
