"""Names go together: who speaks one language has its first names and its surnames, and so do colleagues.

How much likelier strangers are to agree on a name when they agree on the other one, on the country or on the company.
Taken from the list itself, from records that are two for certain, so that who is there twice does not count.
"""

from collections.abc import Mapping

import numpy as np

from search.duplicates.fields import EMAILS, PHONES
from search.duplicates.levels import FAR, LEVELS, MISSING, OTHER, levels_of
from search.duplicates.model import COMPARED
from search.duplicates.table import Table

NAMES = ("given", "surname")
AROUND = {"company": ("company", "domain"), "country": ("country",)}
TELLING = (EMAILS[0], PHONES[0], "birth", "national", "street")  # who agrees on one of these may be one
TRUST = 1000  # so many pairs' worth of no connection at all
MOST = 1000.0
SAMPLE = 100_000
Rows = np.ndarray
Lifts = Mapping[str, np.ndarray]  # by `given|surname`, `given|company` and so on: float64 by level, 1 or more


def lifts(table: Table, u: Mapping[str, np.ndarray], chance: np.random.Generator) -> Lifts:
    """What the list shows; `u` are the chances of levels among all strangers."""
    walk, found = Walk(table, chance), {}
    for name, other in (NAMES, NAMES[::-1]):
        found[f"{name}|{other}"] = _lift(table, name, u[name], *walk.of_one_language(name, other))
        for context, columns in AROUND.items():
            pairs = [walk.fellows(column, other) for column in columns]
            left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
            found[f"{name}|{context}"] = _lift(table, name, u[name], left, right)
    return found


def _lift(table: Table, name: str, u: np.ndarray, left: Rows, right: Rows) -> np.ndarray:
    """How many times as often as among all strangers each level is seen among these pairs."""
    seen = np.bincount(_levels(table, name, left, right), minlength=LEVELS).astype(float)
    seen[MISSING] = 0.0
    lift = (seen / u + TRUST) / (seen.sum() + TRUST)
    lift[[MISSING, OTHER]] = 1.0
    return np.clip(lift, 1.0, MOST)


def _levels(table: Table, name: str, left: Rows, right: Rows) -> np.ndarray:
    codes = table.codes[name]
    return levels_of(table.vocabulary(name), codes[left], codes[right], COMPARED[name].judge)


class Walk:
    """Goes from row to row, by way of what they share."""

    def __init__(self, table: Table, chance: np.random.Generator) -> None:
        self._table, self._chance = table, chance
        self._ordered: dict[str, tuple[Rows, np.ndarray]] = {}

    def fellows(self, column: str, other: str) -> tuple[Rows, Rows]:
        """Rows with the same word in a column, with another `other` name and nothing else that says they are one."""
        first = self._some(column)
        second = self._next(column, first)
        apart = self._differ(other, first, second)
        for telling in TELLING:
            codes = self._table.codes[telling]
            apart &= (codes[first] == 0) | (codes[first] != codes[second])
        return first[apart], second[apart]

    def of_one_language(self, name: str, other: str) -> tuple[Rows, Rows]:
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

    def _some(self, *columns: str) -> Rows:
        """Any of the rows that have something in all of these columns."""
        known = np.flatnonzero(np.logical_and.reduce([self._table.codes[column] > 0 for column in columns]))
        return known[self._chance.integers(0, len(known), SAMPLE)] if len(known) else known

    def _next(self, column: str, rows: Rows) -> Rows:
        """For each of these rows one with the same word in a column, itself perhaps."""
        codes = self._table.codes[column]
        if column not in self._ordered:
            order = np.argsort(codes, kind="stable")
            self._ordered[column] = order, codes[order]
        order, ordered = self._ordered[column]
        first, behind = (np.searchsorted(ordered, codes[rows], side) for side in ("left", "right"))
        return order[first + (self._chance.random(len(rows)) * (behind - first)).astype(np.int64)]

    def _differ(self, name: str, left: Rows, right: Rows) -> np.ndarray:
        levels = _levels(self._table, name, left, right)
        return (levels == OTHER) | (levels == FAR)
