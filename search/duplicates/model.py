"""What a level of likeness weighs: how often one person's records show it, and how often two strangers' do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from search.duplicates import levels as at
from search.duplicates.fields import SLOTS_OF
from search.duplicates.levels import ALIAS, EXACT, FAR, INITIAL, LEVELS, NEAR, OTHER, PART, SIMILAR, Judge
from search.duplicates.words import Words

Chances = Mapping[int, float]


@dataclass(frozen=True)
class Comparison:
    """A field: how it is judged, what is seen among records of one (`m`), and of strangers if the list is too short."""

    judge: Judge
    m: Chances
    u: Chances


COMPARED: dict[str, Comparison] = {
    "given": Comparison(
        at.names,
        {EXACT: 0.75, ALIAS: 0.03, INITIAL: 0.02, NEAR: 0.08, SIMILAR: 0.03, FAR: 0.03, PART: 0.02, OTHER: 0.04},
        {EXACT: 6e-3, ALIAS: 2e-3, INITIAL: 2e-3, NEAR: 3e-3, SIMILAR: 8e-3, FAR: 0.04, PART: 3e-3, OTHER: 0.936},
    ),
    "surname": Comparison(
        at.names,
        {EXACT: 0.80, ALIAS: 0.01, INITIAL: 0.005, NEAR: 0.08, SIMILAR: 0.03, FAR: 0.02, PART: 0.02, OTHER: 0.035},
        {EXACT: 1e-3, ALIAS: 5e-4, INITIAL: 1e-3, NEAR: 1e-3, SIMILAR: 6e-3, FAR: 0.04, PART: 1e-3, OTHER: 0.95},
    ),
    "generation": Comparison(at.either, {EXACT: 0.998, OTHER: 0.002}, {EXACT: 0.6, OTHER: 0.4}),
    "email": Comparison(
        at.addresses,
        {EXACT: 0.65, NEAR: 0.06, SIMILAR: 0.07, OTHER: 0.22},
        {EXACT: 1e-6, NEAR: 1e-5, SIMILAR: 1e-4, OTHER: 0.9999},
    ),
    "phone": Comparison(
        at.phones,
        {EXACT: 0.65, NEAR: 0.05, SIMILAR: 0.04, OTHER: 0.26},
        {EXACT: 1e-6, NEAR: 1e-6, SIMILAR: 1e-5, OTHER: 1.0},
    ),
    "company": Comparison(
        at.firms,
        {EXACT: 0.70, NEAR: 0.07, SIMILAR: 0.03, FAR: 0.02, PART: 0.08, OTHER: 0.10},
        {EXACT: 2e-4, NEAR: 1e-4, SIMILAR: 1e-3, FAR: 0.02, PART: 1e-3, OTHER: 0.977},
    ),
    # The name of a company is who it is: worn down or written otherwise, hardly ever quite another one.
    "firm": Comparison(
        at.firms,
        {EXACT: 0.76, NEAR: 0.08, SIMILAR: 0.04, FAR: 0.02, PART: 0.09, OTHER: 0.01},
        {EXACT: 2e-4, NEAR: 1e-4, SIMILAR: 1e-3, FAR: 0.02, PART: 1e-3, OTHER: 0.977},
    ),
    "legal": Comparison(at.forms, {EXACT: 0.85, FAR: 0.12, OTHER: 0.03}, {EXACT: 0.3, FAR: 0.4, OTHER: 0.3}),
    "domain": Comparison(at.either, {EXACT: 0.75, OTHER: 0.25}, {EXACT: 1e-3, OTHER: 0.999}),
    "number": Comparison(
        at.numbers,
        {EXACT: 0.84, NEAR: 0.06, SIMILAR: 0.03, OTHER: 0.07},
        {EXACT: 0.012, NEAR: 0.06, SIMILAR: 0.06, OTHER: 0.868},
    ),
    "street": Comparison(
        at.texts,
        {EXACT: 0.72, NEAR: 0.10, SIMILAR: 0.04, FAR: 0.03, PART: 0.03, OTHER: 0.08},
        {EXACT: 1e-3, NEAR: 5e-4, SIMILAR: 3e-3, FAR: 0.06, PART: 2e-3, OTHER: 0.934},
    ),
    "street2": Comparison(
        at.texts,
        {EXACT: 0.65, NEAR: 0.10, SIMILAR: 0.05, FAR: 0.04, PART: 0.03, OTHER: 0.13},
        {EXACT: 1e-3, NEAR: 5e-4, SIMILAR: 3e-3, FAR: 0.06, PART: 2e-3, OTHER: 0.934},
    ),
    "city": Comparison(
        at.texts,
        {EXACT: 0.78, NEAR: 0.08, SIMILAR: 0.03, FAR: 0.02, PART: 0.02, OTHER: 0.07},
        {EXACT: 5e-3, NEAR: 5e-4, SIMILAR: 4e-3, FAR: 0.05, PART: 3e-3, OTHER: 0.937},
    ),
    "region": Comparison(at.either, {EXACT: 0.90, OTHER: 0.10}, {EXACT: 0.2, OTHER: 0.8}),
    "postcode": Comparison(
        at.numbers,
        {EXACT: 0.82, NEAR: 0.07, SIMILAR: 0.03, OTHER: 0.08},
        {EXACT: 2e-3, NEAR: 0.012, SIMILAR: 0.06, OTHER: 0.926},
    ),
    "country": Comparison(at.either, {EXACT: 0.97, OTHER: 0.03}, {EXACT: 0.5, OTHER: 0.5}),
    "birth": Comparison(
        at.dates,
        {EXACT: 0.871, NEAR: 0.07, SIMILAR: 0.015, FAR: 0.02, PART: 0.023, OTHER: 0.001},
        {EXACT: 4e-5, NEAR: 1e-3, SIMILAR: 0.01, FAR: 0.004, PART: 0.335, OTHER: 0.65},
    ),
    "national": Comparison(
        at.numbers,
        {EXACT: 0.90, NEAR: 0.05, SIMILAR: 0.02, OTHER: 0.03},
        {EXACT: 1e-7, NEAR: 1e-5, SIMILAR: 3e-4, OTHER: 0.9997},
    ),
}
COLUMN = SLOTS_OF | {"firm": ("company",)}  # the others are a column of their own name
JUDGED = tuple(name for name in COMPARED if name != "firm")  # which is what was seen as `company` where nobody works
# No list is believed to be worse than that: more often quite another value, and the pairs are not of one record.
WRONG = (FAR, OTHER)  # what no slip of the hand explains
MOST_WRONG = {
    name: max(0.15, 1.5 * sum(compared.m.get(level, 0.0) for level in WRONG)) for name, compared in COMPARED.items()
} | {"firm": 0.04}
# What a relative shares because it is the family's, and a colleague because it is the company's.
FAMILY = {"given": 0.0008, "surname": 0.75, "place": 0.95, "phone": 0.4, "email": 0.02, "birth": 0.03}
FAMILY |= {"national": 5e-4, "company": 0.03}
COLLEAGUE = {"place": 0.6, "phone": 0.6, "email": 0.005, "company": 0.98}
SISTER = {"place": 0.3, "phone": 0.3, "email": 0.05, "company": 0.0, "domain": 0.3}
MOVED = 0.05  # so many records of one company are of different houses; then nothing of the address says anything
# How many others that are the same, relatives, colleagues, sister companies a record has in a list, by rule of thumb.
KINDS = np.array([0.5, 0.5, 5.0, 0.5])
SWAPPED = 0.03
SMALLEST = 500  # a shorter list says too little about how common anything is
RAREST = 2e-4
BELIEF = 100  # so many records' worth of prior knowledge about how common a value is
# Strangers with one postcode mostly have one town, and so on, the narrower first.
ALONG = {"city|postcode": 0.7, "region|postcode": 0.98, "street|postcode": 0.03, "country|postcode": 0.99}
ALONG |= {"region|city": 0.9, "country|city": 0.99, "country|region": 0.99}
Counts = Callable[[str, Words], np.ndarray]


@dataclass(frozen=True)
class Model:
    """What is known about a list: its size, how often values occur, and how alike strangers are in it.

    `lifts`: how much more alike they are if they agree elsewhere, see `together`. `inside`: how many of
    the two records that are compared were counted with the list. `among`: so many records there are of which nothing
    was counted.
    """

    size: int
    counts: Counts
    u: Mapping[str, np.ndarray]
    m: Mapping[str, np.ndarray]
    along: Mapping[str, float] = field(default_factory=lambda: dict(ALONG))
    kinds: np.ndarray = field(default_factory=KINDS.copy)
    lifts: Mapping[str, np.ndarray] = field(default_factory=dict)
    inside: int = 2
    among: int = 0

    def frequencies(self, name: str, words: Words) -> np.ndarray:
        """The chance that a stranger has this value: how many beside the two have it, and what is usual."""
        column = COLUMN.get(name, (name,))[0]
        usual = max(COMPARED[name].u[EXACT], RAREST)
        others = np.maximum(self.counts(column, words) - self.inside, 0.0)
        return (others + BELIEF * usual) / self.weight

    @property
    def weight(self) -> int:
        """How many records' worth of knowledge there is about how common a value is."""
        return BELIEF if self.among else max(self.size, SMALLEST) + BELIEF

    @property
    def chance_of(self) -> np.ndarray:
        """How likely any two records are of each of these kinds."""
        return self.kinds / max(self.size, self.among, SMALLEST)


def usual_u(name: str) -> np.ndarray:
    """The chances of levels among strangers where the list is too short to tell; 1 where something is missing."""
    return _by_level(COMPARED[name].u)


def usual_m(name: str) -> np.ndarray:
    """The chances of levels among records of one, by rule of thumb; 1 where something is missing."""
    return _by_level(COMPARED[name].m)


def _by_level(chances: Chances) -> np.ndarray:
    found = np.ones(LEVELS)
    for level, chance in chances.items():
        found[level] = chance
    return found


def no_counts(column: str, words: Words) -> np.ndarray:
    """Nothing is known to be common."""
    return np.zeros(len(words))


DEFAULT = Model(0, no_counts, {name: usual_u(name) for name in COMPARED}, {name: usual_m(name) for name in COMPARED})
