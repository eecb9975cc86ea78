"""Pairs of rows that share something and are two for certain: what they agree on besides, strangers agree on."""

import numpy as np

from search.duplicates.fields import EMAILS, PHONES
from search.duplicates.levels import FAR, OTHER, levels_of
from search.duplicates.model import COMPARED
from search.duplicates.table import Table

NAMES = ("given", "surname")
TELLING = (EMAILS[0], PHONES[0], "birth", "national", "street")  # who agrees on one of these may be one
SAMPLE = 100_000
Rows = np.ndarray
Pairs = tuple[Rows, Rows]


class Walk:
    """Goes from row to row of a list, by way of what they share."""

    def __init__(self, table: Table, chance: np.random.Generator) -> None:
        self.table, self._chance = table, chance
        self._ordered: dict[str, Pairs] = {}
        self.called = [name for name in NAMES if table.has(name)] or ["company"]

    def fellows(self, column: str, *apart: str, but: tuple[str, ...] = TELLING) -> Pairs:
        """Rows with the same word in a column that differ in the names `apart` and agree on none of `but`."""
        first = self._some(column)
        second = self._next(column, first)
        two = np.logical_and.reduce([first != second, *(self._differ(name, first, second) for name in apart)])
        for telling in but:
            codes = self.table.codes[telling]
            two &= (codes[first] == 0) | (codes[first] != codes[second])
        return first[two], second[two]

    def of_one_language(self, name: str, other: str) -> Pairs:
        """Rows and others, by way of one with the same `other`, one with the same `name` as that, and so on.

        The last one has quite another `other` than the first, so the two are not one.
        """
        first = self._some(name, other)
        second = self._next(other, first)
        third = self._next(name, second)
        fourth = self._next(other, third)
        apart = self._differ(name, first, second) & self._differ(other, second, third)
        apart &= self._differ(other, first, fourth)
        return first[apart], fourth[apart]

    def levels(self, name: str, left: Rows, right: Rows) -> np.ndarray:
        codes = self.table.codes[name]
        return levels_of(self.table.vocabulary(name), codes[left], codes[right], COMPARED[name].judge)

    def _some(self, *columns: str) -> Rows:
        """Any of the rows that have something in all of these columns."""
        known = np.flatnonzero(np.logical_and.reduce([self.table.codes[column] > 0 for column in columns]))
        return known[self._chance.integers(0, len(known), SAMPLE)] if len(known) else known

    def _next(self, column: str, rows: Rows) -> Rows:
        """For each of these rows one with the same word in a column, itself perhaps."""
        codes = self.table.codes[column]
        if column not in self._ordered:
            order = np.argsort(codes, kind="stable")
            self._ordered[column] = order, codes[order]
        order, ordered = self._ordered[column]
        first, behind = (np.searchsorted(ordered, codes[rows], side) for side in ("left", "right"))
        return order[first + (self._chance.random(len(rows)) * (behind - first)).astype(np.int64)]

    def _differ(self, name: str, left: Rows, right: Rows) -> np.ndarray:
        levels = self.levels(name, left, right)
        return (levels == OTHER) | (levels == FAR)
