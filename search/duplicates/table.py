"""A list of profiles in columns: every text once, and in each row only its number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from search.duplicates.fields import EMAILS, KEPT, MORE, PHONES, SLOTS_OF, Profile
from search.duplicates.words import Words

Codes = np.ndarray  # int32, 0 where nothing is known
SHARED = {"given": "name", "surname": "name", "street": "road", "street2": "road"}
SEVERAL = {column: name for name, column in MORE.items()}
PORTION = 50_000
SHARED |= dict.fromkeys(EMAILS, "email") | dict.fromkeys(PHONES, "phone")


@dataclass(frozen=True)
class Table:
    """`codes` by column; `words` by the vocabulary that columns may share, with "" at 0."""

    size: int
    codes: dict[str, Codes]
    words: dict[str, Words]

    def vocabulary(self, column: str) -> Words:
        return self.words[SHARED.get(column, column)]

    def text(self, column: str, row: int) -> str:
        return self.vocabulary(column).texts[self.codes[column][row]]

    def rows(self, kept: np.ndarray) -> "Table":
        """Only these rows, with the same words."""
        return Table(len(kept), {column: codes[kept] for column, codes in self.codes.items()}, self.words)

    def profile(self, row: int) -> Profile:
        return tuple(self.text(column, row) for column in KEPT)

    def has(self, column: str) -> bool:
        return len(self.vocabulary(column)) > 1

    def counts(self, column: str) -> np.ndarray:
        """How many rows hold each word of the vocabulary in this column; those that share one are counted together."""
        size = len(self.vocabulary(column))
        name = SHARED.get(column, column)
        columns = SLOTS_OF.get(name, (column,))
        found = sum(np.bincount(self.codes[each], minlength=size) for each in columns)
        if name in MORE and (entries := self.further[name]).any():
            found = found + np.bincount(entries.codes, minlength=size)
        return np.asarray(found, dtype=np.float64)

    @cached_property
    def further(self) -> dict[str, "Entries"]:
        """The addresses and the numbers of each row that have no column of their own."""
        return {name: self._further(name, column) for name, column in MORE.items()}

    @cached_property
    def every(self) -> dict[str, "Entries"]:
        """All addresses and all numbers of each row, the first ones first."""
        return {name: self._every(columns, self.further[name]) for name, columns in SLOTS_OF.items()}

    def _further(self, name: str, column: str) -> "Entries":
        words, joined = self.words[name], self.words[column].texts
        if len(joined) == 1:
            return Entries(np.zeros(self.size + 1, np.int64), np.empty(0, np.int32))
        known = {text: code for code, text in enumerate(words.texts)}
        each = [np.array([known[part] for part in text.split()], np.int32) for text in joined]
        numbers = self.codes[column]
        starts = np.r_[0, np.cumsum(np.array([len(some) for some in each])[numbers])]
        return Entries(starts, np.concatenate([each[0], *(each[n] for n in numbers[numbers > 0].tolist())]))

    def _every(self, columns: Sequence[str], further: "Entries") -> "Entries":
        held = [(np.flatnonzero(codes), codes) for codes in (self.codes[column] for column in columns) if codes.any()]
        rows = np.concatenate([np.empty(0, np.int64), *(at for at, _ in held), further.rows])
        codes = np.concatenate([np.empty(0, np.int32), *(some[at] for at, some in held), further.codes])
        order = np.argsort(rows, kind="stable") if len(held) > 1 or further.any() else slice(None)
        return Entries(np.r_[0, np.cumsum(np.bincount(rows, minlength=self.size))], codes[order])


@dataclass(frozen=True)
class Entries:
    """The codes of any number of words a row: those of row `n` stand from `starts[n]` to `starts[n + 1]`."""

    starts: np.ndarray
    codes: Codes

    def any(self) -> bool:
        return len(self.codes) > 0

    @cached_property
    def rows(self) -> np.ndarray:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))

    def of(self, row: int) -> Codes:
        return self.codes[self.starts[row] : self.starts[row + 1]]


def table_of(profiles: Iterable[Profile]) -> Table:
    """The columns of these profiles, in their order."""
    numbers = {SHARED.get(c, c): _numbers() for c in KEPT}
    parts: dict[str, list[Codes]] = {column: [] for column in KEPT}
    given, size = iter(profiles), 0
    while portion := list(islice(given, PORTION)):
        size += len(portion)
        for column, texts in zip(KEPT, zip(*portion, strict=True), strict=True):
            parts[column].append(_coded(numbers[SHARED.get(column, column)], texts))
            if column in SEVERAL and any(texts):
                known = numbers[SEVERAL[column]]
                _coded(known, [part for joined in texts for part in joined.split()])
    none = np.empty(0, np.int32)
    codes = {column: np.concatenate(found) if found else none for column, found in parts.items()}
    return Table(size, codes, {name: Words(list(known)) for name, known in numbers.items()})


def _numbers() -> dict[str, int]:
    """Gives each new text the next number."""
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__
    known[""] = 0
    return known


def _coded(known: dict[str, int], texts: Sequence[str]) -> Codes:
    """The number of each text, a new one for a new text; a whole column at once, for most columns are empty."""
    if not any(texts):
        return np.zeros(len(texts), np.int32)
    return np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))
