"""A list of profiles in columns: every text once, and in each row only its number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from search.duplicates.fields import AT, EMAILS, KEPT, PHONES, Profile
from search.duplicates.words import Words

Codes = np.ndarray  # int32, 0 where nothing is known
SHARED = {"given": "name", "surname": "name", "street": "road", "street2": "road"}
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
        columns = EMAILS if column in EMAILS else PHONES if column in PHONES else (column,)
        found = sum(np.bincount(self.codes[name], minlength=size) for name in columns)
        return np.asarray(found, dtype=np.float64)


def table_of(profiles: Iterable[Profile]) -> Table:
    """The columns of these profiles, in their order."""
    numbers: dict[str, dict[str, int]] = {SHARED.get(c, c): {"": 0} for c in KEPT}
    by_column = [numbers[SHARED.get(c, c)] for c in KEPT]
    parts: list[np.ndarray] = []
    portion: list[Sequence[int]] = []
    for profile in profiles:
        portion.append(
            [known.setdefault(text, len(known)) if text else 0 for known, text in zip(by_column, profile, strict=True)]
        )
        if len(portion) == 50_000:
            parts.append(np.array(portion, dtype=np.int32))
            portion = []
    if portion or not parts:
        parts.append(np.array(portion, dtype=np.int32).reshape(len(portion), len(KEPT)))
    rows = np.concatenate(parts)
    codes = {column: np.ascontiguousarray(rows[:, AT[column]]) for column in KEPT}
    return Table(len(rows), codes, {name: Words(list(known)) for name, known in numbers.items()})
