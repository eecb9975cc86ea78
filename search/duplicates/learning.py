"""What a list says about strangers: how often values occur in it, and how alike two of its records are by chance."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from search.duplicates.comparing import SWAPS, Comparer
from search.duplicates.levels import LEVELS, MISSING, OTHER, levels_of
from search.duplicates.model import (
    COLUMN,
    COMPARED,
    JUDGED,
    KINDS,
    MOST_WRONG,
    SMALLEST,
    WRONG,
    Counts,
    Model,
    no_counts,
    usual_m,
    usual_u,
)
from search.duplicates.scoring import Weighed, weigh
from search.duplicates.seen import Compared
from search.duplicates.table import Table
from search.duplicates.together import along, lifts
from search.duplicates.walk import Walk
from search.duplicates.words import Words

SAMPLE = 200_000
TRUST = 1000  # so many pairs' worth of what is usual
SEED = 1
ROUNDS = 300
STILL = 1e-6
NEGLIGIBLE = 1e-4
PAIRS = 100  # so many pairs' worth of what is usual among records of one
ONE_AT, FAMILY_AT = 0, 1
KNOWN = 5


def learn(table: Table, size: int | None = None) -> Model:
    """The model of this list; a short one is judged by what is usual, but its counts hold."""
    size = table.size if size is None else size
    counts = _own_counts(table)
    m = {name: usual_m(name) for name in COMPARED}
    if table.size < SMALLEST:
        return Model(size, counts, {name: usual_u(name) for name in COMPARED}, m)
    chance = np.random.default_rng(SEED)
    left, right = chance.integers(0, table.size, (2, SAMPLE), dtype=np.int32)
    apart = left != right
    left, right = left[apart], right[apart]
    u = {name: _strangers(table, name, left, right) for name in JUDGED}
    walk = Walk(table, chance)
    return Model(size, counts, u, m, along(walk), lifts=lifts(walk, u))


def settled(table: Table, model: Model, left: np.ndarray, right: np.ndarray) -> Model:
    """The model with errors and relations as frequent as these pairs show: no label, only what explains them best.

    Expectation and maximisation over the mixture of `model.KINDS`, what is usual counting as so many records. First
    names and surnames share their chances of errors: this tells relatives (the same surname at one address, another
    first name, more often than surnames are wrong where first names agree) from a list that is full of errors.
    """
    if model.size < SMALLEST or not len(left):
        return model
    stretch = max(1.0, len(left) / SAMPLE)
    if stretch > 1:
        picked = np.random.default_rng(SEED).choice(len(left), SAMPLE, replace=False)
        left, right = left[picked], right[picked]
    comparer = Comparer(table, model)
    first = weigh(comparer.compare(left, right), model)
    worth = (first.likely * (KINDS / model.size)[:, None]).sum(axis=0) > NEGLIGIBLE
    compared = comparer.compare(left[worth], right[worth])
    for _ in range(ROUNDS):
        weighed = weigh(compared, model)
        parts = weighed.likely * (model.kinds / model.size)[:, None]
        share = parts / (parts.sum(axis=0) + 1.0)
        sums = share.sum(axis=1)
        sums[FAMILY_AT] = max(0.0, sums[FAMILY_AT] - _by_chance(compared, share) / np.sqrt(stretch))
        errors, sums[ONE_AT] = _errors(compared, weighed, share[0])
        kinds = (2 * stretch * sums + KNOWN * KINDS) / (model.size + KNOWN)
        still = np.abs(kinds - model.kinds).max() < STILL * kinds.max()
        model = replace(model, kinds=kinds, m=errors)
        if still:
            break
    return model


def _by_chance(compared: Compared, share: np.ndarray) -> float:
    """How many relatives may be mere chance: the standard deviation of what tells them from wrong names.

    They are the pairs with different first names that are left when as many first names are wrong as surnames.
    """
    first = share[[ONE_AT, FAMILY_AT]].sum(axis=0)[compared.fields["given"].level == OTHER].sum()
    last = share[ONE_AT][compared.fields["surname"].level == OTHER].sum()
    return float(np.sqrt(first + last))


def _errors(compared: Compared, weighed: Weighed, share: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
    """The chances of levels among pairs that are one with these shares, and how many such pairs are believed.

    More wrong than `MOST_WRONG` no list is: of pairs that would have it so, only as many are one as leave it at that.
    """
    seen: dict[str, np.ndarray] = {}
    for name, field in compared.fields.items():
        straight = share if name not in SWAPS["names"] else np.where(weighed.swapped["names"], 0.0, share)
        seen[name] = np.bincount(field.level, weights=straight, minlength=LEVELS)
        seen[name][MISSING] = 0.0
    seen["given"] = seen["surname"] = seen["given"] + seen["surname"]
    found, believed = {}, 1.0
    for name, sums in seen.items():
        found[name] = usual_m(name)
        for level, chance in COMPARED[name].m.items():
            found[name][level] = (sums[level] + PAIRS * chance) / (sums.sum() + PAIRS)
        wrong = [level for level in WRONG if level in COMPARED[name].m]
        share_wrong = found[name][wrong].sum()
        if share_wrong > MOST_WRONG[name]:
            right = (1 - share_wrong) / (1 - MOST_WRONG[name])
            found[name][list(COMPARED[name].m)] /= right
            found[name][wrong] *= right * MOST_WRONG[name] / share_wrong
            believed = min(believed, right)
    return found, float(share.sum()) * believed


def _own_counts(table: Table) -> Counts:
    """How often each word occurs in this table; for words of another one, by their text."""
    own = {column: table.counts(column) for column in {COLUMN.get(name, (name,))[0] for name in COMPARED}}
    by_text: dict[str, dict[str, float]] = {}

    def counts(column: str, words: Words) -> np.ndarray:
        known = table.vocabulary(column)
        if words is known:
            return own[column]
        if column not in by_text:
            by_text[column] = dict(zip(known.texts, own[column].tolist(), strict=True))
        return np.array([by_text[column].get(text, 0.0) for text in words.texts])

    return counts


def counted(found: Mapping[str, Mapping[str, int]]) -> Counts:
    """Counts by column and text; what is not there occurs once at most."""

    def counts(column: str, words: Words) -> np.ndarray:
        known = found.get(column, {})
        return np.array([known.get(text, 0.0) for text in words.texts])

    return counts if found else no_counts


def _strangers(table: Table, name: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The chances of the levels among pairs drawn at random, with what is usual as a prior."""
    found = usual_u(name)
    column = COLUMN.get(name, (name,))[0]
    if not table.has(column):
        return found
    codes = table.codes[column]
    levels = levels_of(table.vocabulary(column), codes[left], codes[right], COMPARED[name].judge)
    seen = np.bincount(levels, minlength=LEVELS).astype(float)
    seen[MISSING] = 0.0
    for level, chance in COMPARED[name].u.items():
        found[level] = (seen[level] + TRUST * chance) / (seen.sum() + TRUST)
    return found
