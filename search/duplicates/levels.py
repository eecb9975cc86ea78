"""How alike two texts are, in few levels, for many pairs at once."""

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from search.duplicates.firms import COMMON, known_in
from search.duplicates.words import Words

MISSING, EXACT, ALIAS, INITIAL, NEAR, SIMILAR, FAR, PART, OTHER = range(9)
LEVELS = 9
GENERATION = 15  # years
Judge = Callable[[Words, np.ndarray, np.ndarray], np.ndarray]


def levels_of(words: Words, left: np.ndarray, right: np.ndarray, judge: Judge) -> np.ndarray:
    """The level of each pair of codes of this vocabulary."""
    found = np.zeros(len(left), dtype=np.int8)
    known = (left > 0) & (right > 0)
    same = left == right
    found[known & same] = EXACT
    apart = np.flatnonzero(known & ~same)
    if len(apart):
        found[apart] = judge(words, left[apart], right[apart])
        if judge in SPELT and words.in_two_scripts:
            found[apart[words.are_foreign(left[apart], right[apart])]] = MISSING
    return found


def _edits(words: Words, left: np.ndarray, right: np.ndarray, most: int) -> np.ndarray:
    a, b = words.array[left], words.array[right]
    return process.cpdist(a, b, scorer=OSA.distance, score_cutoff=most, dtype=np.int8)


def names(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Names of people: a short form, an initial, one part of a double name, a slip of the hand."""
    found = texts(words, left, right)
    found[words.are_aliases(left, right)] = ALIAS
    short = np.minimum(words.length[left], words.length[right]) == 1
    starts = words.initial[left] == words.initial[right]
    found[short] = np.where(starts[short], INITIAL, OTHER)
    return found


def texts(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Any names: `NEAR` is one edit, `SIMILAR` two, `FAR` what still sounds alike, `PART` one within the other."""
    found = np.full(len(left), OTHER, dtype=np.int8)
    close = np.flatnonzero(words.may_be_alike(left, right))
    if len(close):
        found[close] = _closer(words, left[close], right[close])
    return found


def firms(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Names of companies: the trade with which both end makes them no more alike than what stands before it.

    Nor does a word with which many begin, such as `Brothers`, make them more alike than what stands behind it.
    """
    found = texts(words, left, right)
    several, (first, last) = words.several[left] & words.several[right], words.ends
    begin_alike = words.begins_common[left] & (first[left] == first[right])
    for same, rest_of in ((last[left] == last[right], _before_the_same), (begin_alike, _behind_common)):
        at = np.flatnonzero(several & same & (found < OTHER))
        rests = [rest_of(words.texts[left[n]], words.texts[right[n]]) for n in at.tolist()]
        found[at] = np.maximum(found[at], levels_of_rests(rests))
    return found


def levels_of_rests(rests: Sequence[tuple[str, str]]) -> np.ndarray:
    """How alike two texts are, `MISSING` where one of them is empty."""
    words = Words(["", *dict.fromkeys(text for pair in rests for text in pair if text)])
    codes = {text: code for code, text in enumerate(words.texts)}
    one, two = (np.array([codes[pair[side]] for pair in rests], dtype=np.int64) for side in (0, 1))
    return levels_of(words, one, two, texts)


def _before_the_same(a: str, b: str) -> tuple[str, str]:
    """Both without the words with which they end alike."""
    one, two = a.split(" "), b.split(" ")
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return " ".join(one), " ".join(two)


def _behind_common(a: str, b: str) -> tuple[str, str]:
    """Both without the same words in front of which many names begin with."""
    one, two = a.split(" "), b.split(" ")
    while one and two and one[0] == two[0] and one[0] in COMMON:
        one, two = one[1:], two[1:]
    return " ".join(one), " ".join(two)


def _closer(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    x, y = words.length[left], words.length[right]
    short, long = np.minimum(x, y), np.maximum(x, y)
    edits, jaro = _distances(words, left, right, short, long)
    a, b = words.array[left], words.array[right]
    found = np.full(len(left), OTHER, dtype=np.int8)
    found[(jaro >= 0.80) & (short >= 3)] = FAR
    found[((edits <= 4) & (long >= 11)) | ((edits <= 3) & (long >= 7)) | ((edits <= 2) & (long >= 5))] = FAR
    found[((edits <= 2) & (short >= 5)) | ((edits <= 3) & (short >= 9)) | ((jaro >= 0.90) & (short >= 4))] = SIMILAR
    found[((edits == 1) & (short >= 3)) | ((edits == 2) & (short >= 8))] = NEAR
    found[(found >= SIMILAR) & words.are_rearranged(left, right)] = NEAR
    for n in np.flatnonzero((found >= SIMILAR) & words.share_an_end(left, right)).tolist():
        found[n] = _by_parts(a[n], b[n], int(found[n]))
    return found


def _distances(
    words: Words, left: np.ndarray, right: np.ndarray, short: np.ndarray, long: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Edits, 5 for more than four, and Jaro-Winkler, 0 for less than .8; each only where it may say anything.

    A letter that only one of the words has takes an edit, and finds no partner: with m partners in words of x and y
    letters Jaro's likeness is (m/x + m/y + 1) / 3 at most, and Winkler's is more only where both begin alike.
    """
    a, b = words.letters[left], words.letters[right]
    plain = words.plain[left] & words.plain[right]
    own, other = (np.where(plain, np.bitwise_count(some), 0).astype(np.int32) for some in (a & ~b, b & ~a))
    most = np.where(long >= 11, 4, np.where(long >= 7, 3, np.where(long >= 5, 2, 1)))
    edits = np.full(len(left), 5, dtype=np.int8)
    near = np.flatnonzero((np.maximum(own, other) <= most) & (long - short <= most))
    edits[near] = _edits(words, left[near], right[near], 4)
    x, y = words.length[left], words.length[right]
    partners = np.minimum(x - own, y - other)
    least = np.where(words.initial[left] == words.initial[right], 1.0, 1.4) - 1e-6
    slip = ((edits == 1) & (short >= 3)) | ((edits == 2) & (short >= 8))  # which says more than Jaro can
    close = np.flatnonzero((short >= 3) & ~slip & (partners / x + partners / y >= least))
    jaro = np.zeros(len(left), dtype=np.float32)
    jaro[close] = process.cpdist(
        words.array[left[close]],
        words.array[right[close]],
        scorer=JaroWinkler.similarity,
        score_cutoff=0.8,
        dtype=np.float32,
    )
    return edits, jaro


def _by_parts(a: str, b: str, level: int) -> int:
    one, two = set(a.split()), set(b.split())
    small, large = (one, two) if len(one) <= len(two) else (two, one)
    return PART if small <= large and any(len(word) > 2 for word in small) else level


def numbers(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Postcodes, house numbers and ids: one or two digits wrong or exchanged."""
    edits = _edits(words, left, right, 2)
    x, y = words.length[left], words.length[right]
    short, long = np.minimum(x, y), np.maximum(x, y)
    found = np.full(len(left), OTHER, dtype=np.int8)
    found[(edits == 2) & (long >= 5)] = SIMILAR
    found[(edits == 1) & (long >= 2)] = NEAR
    found[(edits == 1) & (long == 2) & (short == 2)] = SIMILAR
    return found


def dates(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Dates of eight digits: `NEAR` one digit or day and month exchanged, `SIMILAR` two digits, `FAR` two of the parts.

    `PART` is another date within fifteen years, `OTHER` lies a generation apart.
    """
    edits = _edits(words, left, right, 2)
    (y1, m1, d1), (y2, m2, d2) = ([part[codes] for part in words.date] for codes in (left, right))
    found = np.full(len(left), OTHER, dtype=np.int8)
    found[(y1 >= 0) & (y2 >= 0) & (np.abs(y1 - y2) < GENERATION)] = PART
    found[(y1 == y2).astype(int) + (m1 == m2) + (d1 == d2) == 2] = FAR
    found[edits == 2] = SIMILAR
    found[(edits == 1) | ((y1 == y2) & (m1 == d2) & (d1 == m2))] = NEAR
    return found


def addresses(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """E-mail: `NEAR` is a slip, `SIMILAR` the same name at another domain.

    With other digits only, or with some and without, they are `OTHER`: numbers tell namesakes apart, as in `jo2@`.
    """
    found = np.full(len(left), OTHER, dtype=np.int8)
    close = np.flatnonzero(np.bitwise_count(words.letters[left] ^ words.letters[right]) <= 4)
    if len(close):
        edits = _edits(words, left[close], right[close], 2)
        near = close[(edits == 1) | ((edits == 2) & (words.length[left[close]] >= 12))]
        found[near[~words.differ_by_number(left[near], right[near])]] = NEAR
    found[words.local[left] == words.local[right]] = SIMILAR
    return found


def phones(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Telephone: `NEAR` is the same with and without the country's code, `SIMILAR` one digit."""
    found = np.full(len(left), OTHER, dtype=np.int8)
    alike = np.bitwise_count(words.letters[left] ^ words.letters[right]) <= 3
    close = np.flatnonzero(alike)
    if len(close):
        found[close[_edits(words, left[close], right[close], 1) == 1]] = SIMILAR
    mixed = words.international[left] != words.international[right]
    same_end = (words.digits[left] == words.digits[right]) & (words.digits[left] >= 0)
    for n in np.flatnonzero(mixed & same_end).tolist():
        short, long = sorted((words.texts[left[n]].lstrip("+"), words.texts[right[n]].lstrip("+")), key=len)
        found[n] = NEAR if long.endswith(short) else OTHER
    return found


def either(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Equal or not."""
    return np.full(len(left), OTHER, dtype=np.int8)


def forms(words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Legal forms: `OTHER` if no country knows both, as GmbH and SARL."""
    found = np.full(len(left), FAR, dtype=np.int8)
    pairs, back = np.unique(left.astype(np.int64) << 32 | right, return_inverse=True)
    apart = []
    for pair in pairs.tolist():
        one, two = known_in(words.texts[pair >> 32]), known_in(words.texts[pair & 0xFFFFFFFF])
        apart.append(bool(one and two and not one & two))
    found[np.array(apart)[back]] = OTHER
    return found


SPELT = (names, texts, firms)  # which are judged by their letters
