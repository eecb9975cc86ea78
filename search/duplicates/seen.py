"""What was seen in pairs of records, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass
class Seen:
    """The level of a field in each pair, and the chance that two strangers show it; 1 where it is missing."""

    level: np.ndarray
    chance: np.ndarray

    def ratio(self, m: np.ndarray) -> np.ndarray:
        """How many times likelier this is among records of one."""
        return m[self.level] / self.chance


@dataclass
class Swapped:
    """The same for two fields that may have changed places, at the pairs `at` where that was looked at.

    `one` is what stands as the first on the left and as the second on the right, weighed as the one and as the other.
    """

    at: np.ndarray
    one: Sequence[Seen]
    two: Sequence[Seen]

    def ratio(self, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        """How many times likelier, whichever of the two records comes first."""
        straight = self.one[0].ratio(one) * self.two[0].ratio(two)
        return np.sqrt(straight * self.one[1].ratio(two) * self.two[1].ratio(one))


@dataclass
class Compared:
    """What was seen in `size` pairs; `people` are those of which one at least has a person's name."""

    size: int
    people: np.ndarray
    fields: dict[str, Seen]
    swaps: dict[str, Swapped]
