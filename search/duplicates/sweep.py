"""A whole list at once: its pairs above a threshold, why, and its groups."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from search.duplicates.blocks import candidates
from search.duplicates.clusters import cluster
from search.duplicates.equal import Equal
from search.duplicates.fields import Profile
from search.duplicates.learning import learn, settled
from search.duplicates.reasons import explain
from search.duplicates.scoring import Scorer
from search.duplicates.screening import Screen
from search.duplicates.table import Table, table_of

THRESHOLD = 0.9
CHUNK = 50_000
THREADS = 2


class Pair(NamedTuple):
    """Two rows, the smaller first, that are one with that probability."""

    left: int
    right: int
    probability: float


class Sweep:
    """A list, what it teaches, and what is found in it; `second` is the row where another list begins, if any."""

    def __init__(
        self, profiles: Iterable[Profile] | Table, second: int | None = None, threshold: float = THRESHOLD
    ) -> None:
        self.table = profiles if isinstance(profiles, Table) else table_of(profiles)
        self.threshold, self._two = threshold, second is not None
        sides = None if second is None else (np.arange(self.table.size) >= second).astype(np.int8)
        self._equal = Equal(self.table, sides)
        distinct = self.table.rows(self._equal.kept)  # what is there a million times is not common, but one row
        firsts = 0 if second is None else int((self._equal.kept < second).sum())
        size = max(firsts, distinct.size - firsts)
        with ThreadPoolExecutor(THREADS) as pool:
            taught = pool.submit(learn, distinct, size)
            left, right = self._candidates(sides)
        self.compared = len(left)
        self.model = settled(self.table, taught.result(), left, right)
        self._scorer, self._screen = Scorer(self.table, self.model), Screen(self.table, self.model, threshold)
        self._first = self._found(left, right)
        self._selves = [] if second is not None else self._one_with_themselves()

    def _candidates(self, sides: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        kept = self._equal.kept
        if len(kept) == self.table.size:
            return candidates(self.table, sides)
        left, right = candidates(self.table.rows(kept), None if sides is None else sides[kept])
        return kept[left], kept[right]

    def _found(self, left: np.ndarray, right: np.ndarray) -> list[Pair]:
        """The pairs of different rows that reach the threshold."""

        def score(at: int) -> list[Pair]:
            one, two = left[at : at + CHUNK], right[at : at + CHUNK]
            likely = self._screen.may_reach(one, two)
            one, two = one[likely], two[likely]
            probability = self._scorer.score(one, two).probability
            kept = probability >= self.threshold
            parts = (one[kept].tolist(), two[kept].tolist(), probability[kept].tolist())
            return [Pair(*found) for found in zip(*parts, strict=True)]

        with ThreadPoolExecutor(THREADS) as pool:
            return [pair for chunk in pool.map(score, range(0, len(left), CHUNK)) for pair in chunk]

    def _one_with_themselves(self) -> list[Pair]:
        """Sets of equal rows of which enough is known; two rows with nothing but a country are not one."""
        firsts = np.array(list(self._equal.sets), dtype=np.int32)
        if not len(firsts):
            return []
        return self._found(firsts, firsts)

    def pairs(self) -> Iterator[Pair]:
        """All that reach the threshold."""
        for pair in self._selves:
            yield from (Pair(a, b, pair.probability) for a, b in self._equal.within(pair.left))
        for pair in self._first:
            for a, b in self._equal.across(pair.left, pair.right):
                yield Pair(min(a, b), max(a, b), pair.probability)

    def reasons(self, pairs: Sequence[Pair]) -> Iterator[str]:
        """Why, for each of these pairs."""
        first = self._equal.first_of
        said: dict[tuple[int, int], str] = {}
        for at in range(0, len(pairs), CHUNK):
            wanted = [(int(first[p.left]), int(first[p.right])) for p in pairs[at : at + CHUNK]]
            fresh = [pair for pair in dict.fromkeys(wanted) if pair not in said]
            if fresh:
                left, right = np.array(fresh, dtype=np.int32).T
                scored = self._scorer.score(left, right)
                said.update({(a, b): explain(self.table, a, b, scored, n) for n, (a, b) in enumerate(fresh)})
            yield from (said[pair] for pair in wanted)

    def clusters(self) -> list[list[int]]:
        """Groups of rows that are one; each row is in one group at most."""

        def between(wanted: Sequence[tuple[int, int]]) -> list[float]:
            left, right = np.array(wanted, dtype=np.int32).T
            return self._scorer.score(left, right).probability.tolist()

        sure = {pair.left for pair in self._selves}
        found = []
        for rows in cluster(self._first, between):
            found.append(
                sorted(r for row in rows for r in (self._equal.of(row) if self._two or row in sure else [row]))
            )
            sure.difference_update(rows)
        return sorted([*found, *(self._equal.of(row) for row in sure)])
