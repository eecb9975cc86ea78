"""Some records against a few others: what a form, a save and an import ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.duplicates.blocks import Keys
from search.duplicates.fields import Profile
from search.duplicates.model import DEFAULT, Model
from search.duplicates.reasons import explain
from search.duplicates.scoring import Scorer
from search.duplicates.table import Table, table_of


@dataclass(frozen=True)
class Verdict:
    """How surely two records are one, and why."""

    probability: float
    reasons: str


def judge(profile: Profile, others: Sequence[Profile], model: Model = DEFAULT) -> list[Verdict]:
    """The verdict on `profile` with each of the others, by the same arithmetic as in a sweep."""
    found = judge_pairs(table_of([profile, *others]), [(0, n + 1) for n in range(len(others))], model)
    return [verdict for verdict in found if verdict is not None]


def judge_pairs(
    table: Table, pairs: Sequence[tuple[int, int]], model: Model = DEFAULT, at_least: float = 0.0
) -> list[Verdict | None]:
    """The verdict on each pair of rows of the table; None for less than `at_least`."""
    if not pairs:
        return []
    left, right = np.array(pairs, dtype=np.int32).T
    scored = Scorer(table, model).score(left, right)
    chances = scored.probability.tolist()
    return [
        Verdict(chance, explain(table, *pair, scored, n)) if chance >= at_least else None
        for n, (pair, chance) in enumerate(zip(pairs, chances, strict=True))
    ]


def chances(table: Table, pairs: Sequence[tuple[int, int]], model: Model = DEFAULT) -> list[float]:
    """The probability of each pair of rows of the table."""
    if not pairs:
        return []
    left, right = np.array(pairs, dtype=np.int32).T
    return Scorer(table, model).score(left, right).probability.tolist()


def keys_of(profile: Profile) -> list[int]:
    """The keys under which a record finds others, as signed numbers of 64 bits; the same in any process."""
    return keys_of_each([profile])[0]


def keys_of_each(profiles: Sequence[Profile]) -> list[list[int]]:
    """The same for many, in their order."""
    if not profiles:
        return []
    keys = Keys(table_of(profiles), telling=True)
    columns = [found.view(np.int64) for found in keys]
    found = [set(row) for row in np.stack(columns, axis=1).tolist()] if columns else [set[int]() for _ in profiles]
    for numbers, rows in keys.of_several():
        for number, row in zip(numbers.view(np.int64).tolist(), rows.tolist(), strict=True):
            found[row].add(number)
    return [sorted(some - {0}) for some in found]
