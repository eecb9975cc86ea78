"""Which pairs can reach a threshold at all, from a glance: the others need no closer look.

What a glance allows is never less than what `scoring` finds, so nothing is lost by it. Whatever else than one a pair
may be only makes it less probable, and is left out here.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from search.duplicates.comparing import SWAPS
from search.duplicates.glances import ALLOWED, APART, CLOSE, GLANCES
from search.duplicates.levels import EXACT, NEAR, OTHER, SPELT
from search.duplicates.model import COLUMN, COMPARED, JUDGED, MOVED, SWAPPED, Model, usual_m
from search.duplicates.scoring import PLACE
from search.duplicates.table import Table
from search.duplicates.words import Words

SLACK = 1e-3  # sums of logarithms in single precision are wrong by less
LOG_SWAPPED, LOG_MOVED, LOG_STAYED = (np.float32(np.log(share)) for share in (SWAPPED, MOVED, 1 - MOVED))
NOTHING, UNKNOWN = np.float32(0.0), np.float32(-np.inf)
LEAST, MOST = 0.25, 4.0
Logs = np.ndarray  # float32: natural logarithms of ratios
Seen = tuple[Logs, np.ndarray]  # and of which pairs both have the same


class Weights:
    """What a field can speak for two records being one at most, by what a glance shows of it."""

    def __init__(self, name: str, model: Model, words: Words) -> None:
        judged = "company" if name == "firm" else name
        compared, u, m = COMPARED[judged], model.u[judged], model.m[name]
        common = model.frequencies(judged, words)
        self._known = compared.m.keys() - {OTHER}
        self.words, self._glance = words, GLANCES[compared.judge]
        self._mixed = compared.judge in SPELT and words.in_two_scripts
        self.other = np.float32(np.log(m[OTHER] / u[OTHER]))
        self.same = np.log(m[EXACT] / common).astype(np.float32)
        rarer = np.log(np.clip(np.sqrt(common / compared.u[EXACT]), LEAST, MOST))
        self._by_word = {seen: self._best(m, u, ALLOWED[seen], rarer) for seen in ALLOWED if seen != APART}
        self.close = self._by_word[CLOSE]
        if name == "email":  # which names may explain
            explained = np.log(m / usual_m(name))[NEAR:OTHER].max()
            self.close = self._by_word[CLOSE] = np.maximum(self.close, np.float32(explained))
        self.most = np.float32(max(self.same[1:].max(initial=0.0), self.close.max(initial=0.0)))

    def _best(self, m: np.ndarray, u: np.ndarray, levels: Sequence[int], rarer: np.ndarray) -> Logs:
        """By the word: of a rare one less is expected of strangers."""
        best = max((np.log(m[level] / u[level]) for level in levels if level in self._known), default=-np.inf)
        return np.maximum(self.other, best - rarer).astype(np.float32)

    def at_most(self, left: np.ndarray, right: np.ndarray, missing: np.float32 = NOTHING) -> Seen:
        """For each pair of codes; and which are the same."""
        words, found = self.words, np.full(len(left), missing, np.float32)
        known, same = (left > 0) & (right > 0), left == right
        same &= known
        equal = np.flatnonzero(same)
        found[equal] = self.same[left[equal]]
        apart = np.flatnonzero(known ^ same)
        one = left[apart]
        seen = self._glance(words, one, right[apart])
        value = np.full(len(apart), self.other, np.float32)
        for allowed, by_word in self._by_word.items():
            at = np.flatnonzero(seen == allowed)
            value[at] = by_word[one[at]]
        if self._mixed:
            value[words.are_foreign(one, right[apart])] = NOTHING
        found[apart] = value
        return found, same


class Screen:
    """Sorts out the pairs of one table that cannot reach a threshold."""

    def __init__(self, table: Table, model: Model, threshold: float) -> None:
        self.table, self.model = table, model
        reached = min(threshold, 1 - 1e-9)
        odds = max(reached, 1e-300) / (1 - reached)
        self._needed = float(np.log(odds / model.chance_of[0])) - SLACK
        self._weights = {
            name: Weights(name, model, table.vocabulary(COLUMN.get(name, (name,))[0])) for name in (*JUDGED, "firm")
        }
        self._named = (table.codes["given"] > 0) | (table.codes["surname"] > 0)
        self._many = {name: np.diff(every.starts) > 1 for name, every in table.every.items()}
        more = table.further.items()
        self._more = {name: np.diff(further.starts) > 0 if further.any() else None for name, further in more}
        self._held = {column: bool(codes.any()) for column, codes in table.codes.items()}
        self._either = {kind: self._in_either(*names) for kind, names in SWAPS.items()}

    def _in_either(self, one: str, two: str) -> np.ndarray:
        """Rows with a word that stands in the other column as well, in whichever row."""
        a, b = self.table.codes[one], self.table.codes[two]
        both = (self.table.counts(one) > 0) & (self.table.counts(two) > 0)
        both[0] = False
        return both[a] | both[b]

    def may_reach(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """False for the pairs of rows `left[n]`, `right[n]` that are below the threshold for sure."""
        found = {name: self.at_most(name, left, right) for name in JUDGED}
        seen, shared = {name: logs for name, (logs, _) in found.items()}, found["email"][1]
        people = self._named[left] | self._named[right]
        self._follow(seen, left, right)
        rest = self._company(seen, shared, people, left, right)
        for name in ("email", "phone", "birth", "national", "generation", "legal"):
            rest += seen[name]
        place = seen["number"].copy()
        for name in PLACE[1:]:
            place += seen[name]
        straight = {kind: seen[one] + seen[two] for kind, (one, two) in SWAPS.items()}
        kept = self._reaches(rest, place, straight, people)
        at = np.flatnonzero(~kept)
        own = {kind: logs[at] for kind, logs in straight.items()}
        kept[at] = self._reaches_swapped(left[at], right[at], rest[at], place[at], own, people[at])
        return kept

    def at_most(self, name: str, left: np.ndarray, right: np.ndarray) -> Seen:
        """What a field says at most for each pair, and whether both may have the same."""
        if name in COLUMN:
            return self._best(name, left, right)
        return self._seen(name, name, name, left, right)

    def _reaches_swapped(
        self,
        left: np.ndarray,
        right: np.ndarray,
        rest: Logs,
        place: Logs,
        own: Mapping[str, Logs],
        people: np.ndarray,
    ) -> np.ndarray:
        """Those that do if names or lines of the address have changed places."""
        ceiling = {kind: np.maximum(logs, self._ceiling(kind, left, right)) for kind, logs in own.items()}
        found = self._reaches(rest, place, ceiling, people)
        at = np.flatnonzero(found)
        swapped = {k: np.maximum(logs[at], self._swapped(k, left[at], right[at])) for k, logs in own.items()}
        found[at] = self._reaches(rest[at], place[at], swapped, people[at])
        return found

    def _reaches(self, rest: Logs, place: Logs, pairs: Mapping[str, Logs], people: np.ndarray) -> np.ndarray:
        where = place + pairs["lines"]
        if not people.all():
            where = np.where(people, where, np.logaddexp(where + LOG_STAYED, LOG_MOVED))
        return rest + pairs["names"] + where >= self._needed

    def _seen(self, name: str, one: str, two: str, left: np.ndarray, right: np.ndarray) -> Seen:
        """Column `one` on the left with column `two` on the right, weighed as field `name`."""
        a, b = self.table.codes[one], self.table.codes[two]
        if not (self._held[one] and self._held[two]):
            return np.zeros(len(left), np.float32), np.zeros(len(left), np.bool_)
        return self._weights[name].at_most(a[left], b[right])

    def _best(self, name: str, left: np.ndarray, right: np.ndarray) -> Seen:
        """Of several addresses or numbers the two that speak most for one person; and who may share one."""
        columns = [column for column in COLUMN[name] if self._held[column]]
        if not columns:
            return np.zeros(len(left), np.float32), np.zeros(len(left), np.bool_)
        codes, weights = [self.table.codes[column] for column in columns], self._weights[name]
        best, shared = weights.at_most(codes[0][left], codes[0][right], UNKNOWN)
        at = np.flatnonzero(self._many[name][left] | self._many[name][right]) if len(columns) > 1 else ()
        for one in codes if len(at) else ():
            for two in codes:
                logs, same = weights.at_most(one[left[at]], two[right[at]], UNKNOWN)
                best[at], shared[at] = np.maximum(best[at], logs), shared[at] | same
        best[best == UNKNOWN] = 0.0
        if (rows := self._more[name]) is not None:
            more = rows[left] | rows[right]
            best[more], shared[more] = weights.most, True
        return best, shared

    def _follow(self, seen: dict[str, Logs], left: np.ndarray, right: np.ndarray) -> None:
        """What follows from the postcode is hardly evidence again."""
        for both, chance in self.model.along.items():
            name, _, given = both.partition("|")
            if self._held[name] and self._held[given]:
                same = [self._same(column, left, right) for column in (given, name)]
                again = np.flatnonzero(same[0] & same[1])
                most = np.float32(np.log(self.model.m[name][EXACT] / chance))
                seen[name][again] = np.minimum(seen[name][again], max(most, NOTHING))

    def _same(self, column: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        one, two = self.table.codes[column][left], self.table.codes[column][right]
        return (one == two) & (one > 0)

    def _company(
        self, seen: Mapping[str, Logs], shared: np.ndarray, people: np.ndarray, left: np.ndarray, right: np.ndarray
    ) -> Logs:
        """Its name or its domain, whichever says more; a firm of the same name by both."""
        domain = np.where(shared, np.maximum(seen["domain"], 0.0), seen["domain"])
        name = seen["company"]
        both = (name > 0) & (domain > 0)
        if not people.all():
            name = np.where(people, name, self._seen("firm", "company", "company", left, right)[0])
            other = self.table.codes["company"][left] != self.table.codes["company"][right]
            both = (name > 0) & (domain > 0) & (people | other)
        return np.where(both, np.maximum(name, domain), name + domain)

    def _ceiling(self, kind: str, left: np.ndarray, right: np.ndarray) -> Logs:
        """What two fields say at most if they have changed places, by whether the same may stand in both."""
        one, two = (self._weights[name] for name in SWAPS[kind])
        if not all(self._held[name] for name in SWAPS[kind]):
            return np.full(len(left), UNKNOWN)
        alike = max(float(one.close.max()), 0.0) + max(float(two.close.max()), 0.0)
        either = self._either[kind][left] & self._either[kind][right]
        return np.where(either, one.most + two.most, np.float32(alike)) + LOG_SWAPPED

    def _swapped(self, kind: str, left: np.ndarray, right: np.ndarray) -> Logs:
        """The same by a glance at both."""
        one, two = SWAPS[kind]
        found = np.zeros(len(left), np.float32)
        for name in (one, two):
            found += self._seen(name, one, two, left, right)[0] + self._seen(name, two, one, left, right)[0]
        return found / 2 + LOG_SWAPPED
