"""A model as it is kept in a database: its settings as plain values, its counts by the hash of each value."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from search.duplicates.fields import EMPTY, KEPT, Profile
from search.duplicates.hashing import hashed, mixed
from search.duplicates.model import COLUMN, COMPARED, DEFAULT, Counts, Model, usual_m
from search.duplicates.sweep import Sweep
from search.duplicates.table import Table, table_of
from search.duplicates.words import Words

VERSION = 3  # of profiles and keys; another one has all of them made anew
SEPARATOR = "\x1f"
PARTS = ("u", "m", "lifts")  # of a model, by field and level
COUNTED = tuple(dict.fromkeys(COLUMN.get(name, (name,))[0] for name in COMPARED))


def packed(profile: Profile) -> str:
    """A profile as one text."""
    return SEPARATOR.join(profile)


def unpacked(text: str) -> Profile:
    """The profile of that text; one of an earlier version, until it is made anew, lacks the last columns."""
    found = tuple(text.split(SEPARATOR))
    return found if len(found) == len(KEPT) else (*found, *EMPTY[len(found) :])


def numbers_of(column: str, words: Words) -> np.ndarray:
    """Each word of a column as a signed number of 64 bits, the same in any process; 0 for the empty one."""
    found = mixed(np.uint64(KEPT.index(column) + 1), hashed(words.texts))
    return np.where(words.length > 0, found, np.uint64(0)).view(np.int64)


def settings_of(model: Model) -> dict[str, Any]:
    """Everything but the counts, as JSON holds it without loss."""
    chances = {part: {n: c.tolist() for n, c in getattr(model, part).items()} for part in PARTS}
    return {**chances, "along": dict(model.along), "kinds": model.kinds.tolist()}


def model_of(size: int, settings: Mapping[str, Any], counts: Counts) -> Model:
    """The model of these settings and counts."""
    u, m, lifts = ({n: np.array(c) for n, c in settings[part].items()} for part in PARTS)
    m = {name: usual_m(name) for name in COMPARED} | m  # what an earlier version did not know
    return Model(size, counts, u, m, dict(settings["along"]), np.array(settings["kinds"]), lifts)


def common(swept: Sweep, least: int = 2) -> Iterator[tuple[int, int]]:
    """The values that at least so many records of the list hold, as a number and how many."""
    for column in COUNTED:
        words = swept.table.vocabulary(column)
        counts = swept.model.counts(column, words)
        often = counts >= least
        often[0] = False
        yield from zip(numbers_of(column, words)[often].tolist(), counts[often].astype(int).tolist(), strict=True)


def asked(table: Table) -> list[int]:
    """The numbers of all values in this table, to be looked up."""
    found: set[int] = set()
    for column in COUNTED:
        found.update(numbers_of(column, table.vocabulary(column)).tolist())
    return sorted(found - {0})


def by_number(found: Mapping[int, int]) -> Counts:
    """Counts by the number of a value; what is not there occurs once at most."""

    def counts(column: str, words: Words) -> np.ndarray:
        return np.array([found.get(number, 0) for number in numbers_of(column, words).tolist()], dtype=np.float64)

    return counts


def usual(profiles: Iterable[Profile]) -> Model:
    """The model of a list that is too short to teach anything but how often its own values occur."""
    table = table_of(dict.fromkeys(profiles))
    found: dict[int, int] = {}
    for column in COUNTED:
        counts = table.counts(column).astype(int).tolist()
        found |= dict(zip(numbers_of(column, table.vocabulary(column)).tolist(), counts, strict=True))
    return Model(table.size, by_number(found), DEFAULT.u, DEFAULT.m)
