"""How alike two texts can be at most, from what is worked out once a word: most pairs need no closer look.

Each glance allows what its judge in `levels` may find, or more, never less.
"""

from collections.abc import Callable, Mapping

import numpy as np

from search.duplicates import levels
from search.duplicates.levels import ALIAS, FAR, INITIAL, NEAR, OTHER, PART, SIMILAR, Judge
from search.duplicates.words import LETTERS, Words

APART, LOOSE, PARTLY, CLOSE = range(4)
ALLOWED = {
    APART: (OTHER,),
    LOOSE: (SIMILAR, FAR, OTHER),
    PARTLY: (SIMILAR, FAR, PART, OTHER),
    CLOSE: (ALIAS, INITIAL, NEAR, SIMILAR, FAR, PART, OTHER),
}
LONG = 8  # of longer words two edits are `NEAR`
Glance = Callable[[Words, np.ndarray, np.ndarray], np.ndarray]


def _texts(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    alike = np.bitwise_count(words.letters[left] ^ words.letters[right]) <= LETTERS
    found = np.where(alike, np.int8(LOOSE), np.int8(APART))
    if words.any_several:
        found[words.share_an_end(left, right)] = PARTLY
    at = np.flatnonzero(alike)
    one, two = left[at], right[at]
    found[at[words.may_be_near(one, two, np.where(words.length[one] >= LONG, np.uint8(2), np.uint8(1)))]] = CLOSE
    return found


def _names(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """As texts; initials, and all names that stand for each other by however many steps."""
    found = _texts(words, left, right)
    if len(words.aliases):
        found[(words.kin[left] == words.kin[right]) & (words.kin[left] > 0)] = CLOSE
    if words.initials.any():
        found[words.initials[left] | words.initials[right]] = CLOSE
    return found


def _numbers(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    found = np.where(words.may_be_near(left, right, 2), np.int8(LOOSE), np.int8(APART))
    at = np.flatnonzero(found)
    found[at[words.may_be_near(left[at], right[at], 1)]] = CLOSE
    return found


def _dates(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Years may be near each other whatever the digits."""
    return np.where(words.may_be_near(left, right, 1), np.int8(CLOSE), np.int8(PARTLY))


def _addresses(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    close = words.may_be_near(left, right, 2) | (words.local[left] == words.local[right])
    return np.where(close, np.int8(CLOSE), np.int8(APART))


def _phones(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    close = words.may_be_near(left, right, 1) | (words.digits[left] == words.digits[right])
    return np.where(close, np.int8(CLOSE), np.int8(APART))


def _either(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.zeros(len(left), np.int8)


def _forms(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.full(len(left), LOOSE, np.int8)


GLANCES: Mapping[Judge, Glance] = {
    levels.texts: _texts,
    levels.firms: _texts,
    levels.names: _names,
    levels.numbers: _numbers,
    levels.dates: _dates,
    levels.addresses: _addresses,
    levels.phones: _phones,
    levels.either: _either,
    levels.forms: _forms,
}
