"""Rows that are equal in everything: compared once, and told of in full only as long as somebody could read it."""

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np

from search.duplicates.fields import KEPT
from search.duplicates.hashing import mixed
from search.duplicates.table import Table

MOST = 50  # of more equal rows than that, each is paired with the first alone


class Equal:
    """The first row of each set of equal ones; rows of two lists are never equal."""

    def __init__(self, table: Table, sides: np.ndarray | None) -> None:
        key = np.zeros(table.size, dtype=np.uint64) if sides is None else sides.astype(np.uint64)
        for column in KEPT:
            if table.codes[column].any():
                key = mixed(key, table.codes[column].astype(np.uint64) + np.uint64(1))
        self._sides = sides
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        self.first_of = first[back].astype(np.int32)
        self.kept = np.unique(self.first_of)
        order = np.argsort(self.first_of, kind="stable").astype(np.int32)
        starts = np.flatnonzero(np.r_[True, np.diff(self.first_of[order]) > 0]) if table.size else np.empty(0, int)
        sizes = np.diff(np.r_[starts, table.size])
        more = np.flatnonzero(sizes > 1)
        self.sets = {int(order[starts[n]]): order[starts[n] : starts[n] + sizes[n]].tolist() for n in more.tolist()}

    def of(self, row: int) -> list[int]:
        """The rows that are equal to a first one, itself among them."""
        return self.sets.get(row, [row])

    def within(self, row: int) -> Iterator[tuple[int, int]]:
        """The pairs of a set."""
        rows = self.of(row)
        return combinations(rows, 2) if len(rows) <= MOST else ((rows[0], other) for other in rows[1:])

    def across(self, left: int, right: int) -> Iterator[tuple[int, int]]:
        """The pairs between two sets."""
        one, two = self.of(left), self.of(right)
        if len(one) * len(two) <= MOST * MOST:
            return product(one, two)
        return iter(dict.fromkeys([*((one[0], other) for other in two), *((row, two[0]) for row in one)]))
