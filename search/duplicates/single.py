"""One record against a few others: what a form, a save and an import ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.duplicates.blocks import Keys
from search.duplicates.fields import Profile
from search.duplicates.model import DEFAULT, Model
from search.duplicates.reasons import explain
from search.duplicates.scoring import Scorer
from search.duplicates.table import table_of


@dataclass(frozen=True)
class Verdict:
    """How surely two records are one, and why."""

    probability: float
    reasons: str


def judge(profile: Profile, others: Sequence[Profile], model: Model = DEFAULT) -> list[Verdict]:
    """The verdict on `profile` with each of the others, by the same arithmetic as in a sweep."""
    if not others:
        return []
    table = table_of([profile, *others])
    left = np.zeros(len(others), dtype=np.int32)
    right = np.arange(1, len(others) + 1, dtype=np.int32)
    scored = Scorer(table, model).score(left, right)
    chances = scored.probability.tolist()
    return [Verdict(chances[n], explain(table, 0, n + 1, scored, n)) for n in range(len(others))]


def keys_of(profile: Profile) -> list[int]:
    """The keys under which a record finds others, as signed numbers of 64 bits; the same in any process."""
    found = {int(keys.view(np.int64)[0]) for keys in Keys(table_of([profile]))}
    return sorted(found - {0})
