"""Groups of records that are one: a chain of likenesses is no group if its ends do not fit."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

LIKELIER = 0.5
SURELY_APART = 0.02
FEW = 2
SAMPLE = 14  # of larger groups so many records speak for all
SMALL = 60
Pair = tuple[int, int, float]
Known = dict[tuple[int, int], float]
Between = Callable[[Sequence[tuple[int, int]]], Sequence[float]]


class Groups:
    """Rows in groups that grow."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}

    def group(self, row: int) -> int:
        if row not in self.of:
            self.of[row] = row
            self.members[row] = [row]
        return self.of[row]

    def join(self, one: int, two: int) -> None:
        if len(self.members[one]) < len(self.members[two]):
            one, two = two, one
        for row in self.members[two]:
            self.of[row] = one
        self.members[one] += self.members.pop(two)


def cluster(pairs: Iterable[Pair], between: Between) -> list[list[int]]:
    """Groups of rows from pairs (left, right, probability), the surest first; `between` scores what has no pair yet.

    Two groups become one only if on average their records are likelier one than not, and no two of them are surely
    apart; a third record must fit both of a pair. So a senior and a junior stay two, although a third record without a
    date of birth is like both.
    """
    ordered = sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))
    known = {(min(a, b), max(a, b)): probability for a, b, probability in ordered}
    _complete(known, between)
    groups = Groups()
    for left, right, _ in ordered:
        one, two = groups.group(left), groups.group(right)
        if one != two and _fit(groups.members[one], groups.members[two], known, between):
            groups.join(one, two)
    return sorted(sorted(rows) for rows in groups.members.values() if len(rows) > 1)


def _complete(known: Known, between: Between) -> None:
    """Score in one go all pairs within chains that are short enough."""
    chains = Groups()
    for left, right in known:
        one, two = chains.group(left), chains.group(right)
        if one != two:
            chains.join(one, two)
    short = (sorted(rows) for rows in chains.members.values() if 2 < len(rows) <= SMALL)
    missing = [pair for rows in short for pair in combinations(rows, 2) if pair not in known]
    known.update(zip(missing, between(missing), strict=True) if missing else ())


def _fit(one: list[int], two: list[int], known: Known, between: Between) -> bool:
    if len(one) == len(two) == 1:
        return True
    wanted = [(min(a, b), max(a, b)) for a in one[:SAMPLE] for b in two[:SAMPLE]]
    missing = [pair for pair in wanted if pair not in known]
    known.update(zip(missing, between(missing), strict=True) if missing else ())
    found = [known[pair] for pair in wanted]
    return sum(found) / len(found) >= LIKELIER and min(found) >= (LIKELIER if len(found) <= FEW else SURELY_APART)
