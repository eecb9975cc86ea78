"""What is worked out once for each word of a list, so that most pairs of words need no closer look."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from search.duplicates.firms import COMMON
from search.duplicates.hashing import LOWER, WIDEST, hashed, letters, sketched
from search.duplicates.people import also_called

SHIFT = np.int64(32)
HALF = np.uint64(32)
LATIN = "\u024f"  # the last of its letters that are left in a folded text
DIGITS = str.maketrans("", "", "0123456789")
LETTERS = 6  # so many letters may be in one of two words only; with more, they are not alike


class Words:
    """The words of a vocabulary by their codes; what a judge needs of them is worked out when it is asked for."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def _each(self, take: Callable[[str], int], dtype: type = np.int64) -> np.ndarray:
        return np.fromiter(map(take, self.texts), dtype, len(self.texts))

    @cached_property
    def array(self) -> np.ndarray:
        found = np.empty(len(self.texts), dtype=object)
        found[:] = self.texts
        return found

    @cached_property
    def length(self) -> np.ndarray:
        return self._each(len, np.int32)

    @cached_property
    def letters(self) -> np.ndarray:
        """A bit for each letter and digit that occurs."""
        return letters(self.texts)

    @cached_property
    def sketch(self) -> np.ndarray:
        """Which letters occur, and which of them an odd number of times."""
        return sketched(self.texts)

    @cached_property
    def plain(self) -> np.ndarray:
        """Has every letter its own bit there?"""
        return self._each(lambda text: len(text) <= WIDEST and text.isascii(), np.bool_)

    @cached_property
    def all_plain(self) -> bool:
        return bool(self.plain.all())

    @cached_property
    def any_several(self) -> bool:
        return bool(self.several.any())

    @cached_property
    def foreign(self) -> np.ndarray:
        """Written in other letters than Latin ones?"""
        return self._each(lambda text: text > "" and max(text) > LATIN, np.bool_)

    @cached_property
    def in_two_scripts(self) -> bool:
        """Are there words of both?"""
        known = self.foreign[1:]
        return bool(known.any() and not known.all())

    @cached_property
    def initials(self) -> np.ndarray:
        return self.length == 1

    @cached_property
    def kin(self) -> np.ndarray:
        """The same number for all names that stand for each other, by however many steps; 0 for the others."""
        found = np.zeros(len(self.texts), dtype=np.int32)
        for pair in self.aliases.tolist():
            one, two = pair >> int(SHIFT), pair & 0xFFFFFFFF
            kept = found[one] or one
            if found[two] and found[two] != kept:
                found[found == found[two]] = kept
            found[[one, two]] = kept
        return found

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The first and the last word of each text."""
        first = hashed([text.partition(" ")[0] for text in self.texts])
        return first, hashed([text.rpartition(" ")[2] for text in self.texts])

    @cached_property
    def several(self) -> np.ndarray:
        return self._each(lambda text: " " in text, np.bool_)

    @cached_property
    def begins_common(self) -> np.ndarray:
        """Is the first word one with which many names of companies begin?"""
        return self._each(lambda text: text.partition(" ")[0] in COMMON, np.bool_)

    @cached_property
    def initial(self) -> np.ndarray:
        return self._each(lambda text: ord(text[0]) if text else 0, np.int32)

    @cached_property
    def local(self) -> np.ndarray:
        """What stands before the @."""
        return hashed([text.partition("@")[0] for text in self.texts])

    @cached_property
    def digits(self) -> np.ndarray:
        """The last seven digits of a number; -1 for fewer."""
        return self._each(lambda text: int(text[-7:]) if len(text) >= 7 and text[-7:].isdecimal() else -1)

    @cached_property
    def international(self) -> np.ndarray:
        return self._each(lambda text: text.startswith("+"), np.bool_)

    @cached_property
    def date(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Year, month, day; -1 for what is no date."""
        number = self._each(lambda text: int(text) if len(text) == 8 and text.isdecimal() else -1)
        return number // 10_000, number // 100 % 100, number % 100

    @cached_property
    def aliases(self) -> np.ndarray:
        """The pairs of codes of names for one and the same, sorted."""
        known = {text: code for code, text in enumerate(self.texts) if text}
        pairs = [
            pair_of(code, known[other]) for text, code in known.items() for other in also_called(text) if other in known
        ]
        return np.unique(np.array(pairs, dtype=np.int64))

    @cached_property
    def arranged(self) -> tuple[np.ndarray, np.ndarray]:
        """Each text without blanks, and its words in alphabetical order."""
        ordered = [" ".join(sorted(text.split(" "))) for text in self.texts]
        return hashed([text.replace(" ", "") for text in self.texts]), hashed(ordered)

    def may_be_near(self, left: np.ndarray, right: np.ndarray, most: int | np.ndarray) -> np.ndarray:
        """No for two words between which there surely lie more edits than that."""
        apart = self.sketch[left] ^ self.sketch[right]
        found = np.bitwise_count(apart & LOWER) <= 2 * most
        found &= np.bitwise_count(apart >> HALF) <= 2 * most
        return found if self.all_plain else found | ~(self.plain[left] & self.plain[right])

    def may_be_alike(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """No for what has too few letters in common to be worth a comparison."""
        alike = np.bitwise_count(self.letters[left] ^ self.letters[right]) <= LETTERS
        return alike | self.share_an_end(left, right)

    def share_an_end(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Is one of these of several words, and begins with the same, or ends with all of the other?"""
        first, last = self.ends
        one, two = self.several[left], self.several[right]
        end = (one != two) & (last[left] == last[right])
        return end | ((one | two) & (first[left] == first[right]))

    def are_rearranged(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The same letters with other blanks, or the same words in another order?"""
        bare, ordered = self.arranged
        return (bare[left] == bare[right]) | (ordered[left] == ordered[right])

    def are_foreign(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Is one written in Latin letters, the other one not? Then nobody sees whether they are the same."""
        return self.foreign[left] != self.foreign[right]

    def differ_by_number(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The same but for the digits?"""
        pairs = zip(self.array[left].tolist(), self.array[right].tolist(), strict=True)
        same = (a != b and a.translate(DIGITS) == b.translate(DIGITS) for a, b in pairs)
        return np.fromiter(same, np.bool_, len(left))

    def are_aliases(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Is one a short form of the other?"""
        if not len(self.aliases):
            return np.zeros(len(left), dtype=bool)
        pairs = np.minimum(left, right).astype(np.int64) << SHIFT | np.maximum(left, right)
        at = np.minimum(np.searchsorted(self.aliases, pairs), len(self.aliases) - 1)
        return self.aliases[at] == pairs


def pair_of(one: int, two: int) -> int:
    """Two codes as one number."""
    return min(one, two) << int(SHIFT) | max(one, two)
