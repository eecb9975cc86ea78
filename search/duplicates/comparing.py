"""Two records field by field, for many pairs at once: how alike, and how often strangers are as alike as that."""

import numpy as np

from search.duplicates.following import Following
from search.duplicates.levels import EXACT, MISSING, NEAR, OTHER, SIMILAR, levels_of
from search.duplicates.model import COLUMN, COMPARED, JUDGED, Model, usual_m
from search.duplicates.seen import Compared, Seen, Swapped
from search.duplicates.table import Table

SLIP = 0.004  # so many of those with a name are written with one and the same slip: .08 with any, of some twenty
WIDE = 1000  # of more pairs of addresses between two records only equal ones are looked for
PAIRS = 2000
Levels = tuple[np.ndarray, np.ndarray, np.ndarray]
SWAPS = {"names": ("given", "surname"), "lines": ("street", "street2")}


class Comparer:
    """Compares rows of one table by what a model knows of strangers."""

    def __init__(self, table: Table, model: Model) -> None:
        self.table, self.model = table, model
        self.frequency = {
            name: model.frequencies(name, table.vocabulary(COLUMN.get(name, (name,))[0])) for name in JUDGED
        }
        self._following = Following(table, model)
        self._named = (table.codes["given"] > 0) | (table.codes["surname"] > 0)

    def compare(self, left: np.ndarray, right: np.ndarray) -> Compared:
        """The pairs of rows `left[n]`, `right[n]`."""
        fields = {
            name: self._best(name, left, right) if name in COLUMN else self._seen(name, name, name, left, right)
            for name in JUDGED
        }
        people = self._named[left] | self._named[right]
        fields["firm"], fields["company"] = _parted(fields["company"], people)
        swaps = {kind: self._swapped(kind, fields, left, right) for kind in SWAPS}
        self._following.weaken(fields, left, right)
        return Compared(len(left), people, fields, swaps)

    def _seen(self, name: str, one: str, two: str, left: np.ndarray, right: np.ndarray) -> Seen:
        """Column `one` on the left with column `two` on the right, weighed as field `name`."""
        return self._weighed(name, *self._levels(name, one, two, left, right))

    def _levels(self, name: str, one: str, two: str, left: np.ndarray, right: np.ndarray) -> Levels:
        """The codes of both, and how alike they are as fields such as `name`."""
        a, b = self.table.codes[one][left], self.table.codes[two][right]
        if not a.any() or not b.any():
            return a, b, np.zeros(len(left), np.int8)
        return a, b, levels_of(self.table.vocabulary(one), a, b, COMPARED[name].judge)

    def _weighed(self, name: str, a: np.ndarray, b: np.ndarray, found: np.ndarray) -> Seen:
        """Levels of pairs of codes by how often strangers show them in this field."""
        if not found.any():
            return Seen(found, np.ones(len(found)))
        chance = self.model.u[name][found]
        common = self.frequency[name]
        same = found == EXACT
        chance[same] = common[a[same]]
        close = (found > EXACT) & (found < OTHER)
        # A slip in a rare name is rarer among strangers than one in a common name.
        often = np.maximum(common[a[close]], common[b[close]])
        chance[close] *= np.clip(np.sqrt(often / COMPARED[name].u[EXACT]), 0.25, 4.0)
        if name in SWAPS["names"]:
            near = found == NEAR
            chance[near] /= self._slips(common[a[near]], common[b[near]])
        return Seen(found, chance)

    def _slips(self, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        """The share of those with the rarer name who may owe it to a slip in the other: Tim is no slip of Tom."""
        size = self.model.weight
        often, rare = np.maximum(one, two) * size, np.minimum(one, two) * size
        return np.minimum(1.0, (often * SLIP + 1) / np.maximum(rare, 1.0))

    def _best(self, name: str, left: np.ndarray, right: np.ndarray) -> Seen:
        """Of several addresses or numbers, the two that speak most for one person."""
        columns = [c for c in COLUMN[name] if self.table.codes[c].any()]
        m = usual_m(name)
        best = self._seen(name, COLUMN[name][0], COLUMN[name][0], left, right)
        for one in columns:
            for two in columns:
                if one == two == columns[0]:
                    continue
                other = self._seen(name, one, two, left, right)
                better = (other.level != MISSING) & ((best.level == MISSING) | (other.ratio(m) > best.ratio(m)))
                best.level[better], best.chance[better] = other.level[better], other.chance[better]
        if self.table.further[name].any():
            self._search(name, best, left, right)
        return best

    def _search(self, name: str, best: Seen, left: np.ndarray, right: np.ndarray) -> None:
        """The same among all that they have, where one has more than there are columns for."""
        more = np.diff(self.table.further[name].starts) > 0
        every = self.table.every[name]
        held = np.diff(every.starts)
        at = np.flatnonzero((more[left] | more[right]) & (held[left] > 0) & (held[right] > 0))
        wide = held[left[at]] * held[right[at]] > WIDE
        for n in at[wide].tolist():
            self._take_same(name, best, n, every.of(int(left[n])), every.of(int(right[n])))
        for some in np.array_split(at[~wide], len(at) // PAIRS + 1):
            if len(some):
                self._take_best(name, best, some, left[some], right[some])

    def _take_same(self, name: str, best: Seen, n: int, one: np.ndarray, two: np.ndarray) -> None:
        """Of very many only those that both have."""
        common = np.intersect1d(one, two)
        if len(common) and best.level[n] != EXACT:
            best.level[n], best.chance[n] = EXACT, self.frequency[name][common].min()

    def _take_best(self, name: str, best: Seen, at: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
        """Every one of the left with every one of the right."""
        every = self.table.every[name]
        wide = every.starts[right + 1] - every.starts[right]
        size = (every.starts[left + 1] - every.starts[left]) * wide
        pair = np.repeat(np.arange(len(at)), size)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
        a = every.codes[every.starts[left][pair] + step // wide[pair]]
        b = every.codes[every.starts[right][pair] + step % wide[pair]]
        seen = self._weighed(name, a, b, levels_of(self.table.words[name], a, b, COMPARED[name].judge))
        m = usual_m(name)
        ratio = seen.ratio(m)
        order = np.lexsort((ratio, pair))
        top = order[np.cumsum(size) - 1]
        better = (best.level[at] == MISSING) | (ratio[top] > m[best.level[at]] / best.chance[at])
        best.level[at[better]], best.chance[at[better]] = seen.level[top][better], seen.chance[top][better]

    def _swapped(self, kind: str, fields: dict[str, Seen], left: np.ndarray, right: np.ndarray) -> Swapped:
        """Where neither field agrees as it stands, each with the other."""
        one, two = SWAPS[kind]
        apart = [(fields[name].level == MISSING) | (fields[name].level >= SIMILAR) for name in (one, two)]
        at = np.flatnonzero(apart[0] & apart[1])
        first = self._levels(one, one, two, left[at], right[at])
        second = self._levels(two, two, one, left[at], right[at])
        alike = _alike(first[2]) | _alike(second[2])
        sides = [
            [self._weighed(name, *(some[alike] for some in levels)) for name in names]
            for levels, names in ((first, (one, two)), (second, (two, one)))
        ]
        return Swapped(at[alike], *sides)


def _parted(seen: Seen, people: np.ndarray) -> tuple[Seen, Seen]:
    """The name of a company as who it is, and as where people work."""
    if people.all():
        return Seen(np.zeros_like(seen.level), np.ones(1)), seen
    firm = Seen(np.where(people, MISSING, seen.level), np.where(people, 1.0, seen.chance))
    return firm, Seen(np.where(people, seen.level, MISSING), np.where(people, seen.chance, 1.0))


def _alike(level: np.ndarray) -> np.ndarray:
    return (level != MISSING) & (level <= NEAR)
