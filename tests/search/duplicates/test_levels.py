"""What is looked at closer is what would be found alike: against rapidfuzz on every pair."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from search.duplicates.levels import _distances
from search.duplicates.words import Words

LETTERS = st.sampled_from("aabbcdefgn 1éжß")
PLAIN = st.text(st.sampled_from("abcden"), max_size=14)
SLIPS = (
    lambda t: "x" + t[1:],
    lambda t: t[1:],
    lambda t: t[:-1] + "yz",
    lambda t: "x" + t[1:-1],
    lambda t: t[2:] + "q",
)
TEXTS = st.lists(PLAIN | st.text(LETTERS, max_size=14) | st.text(LETTERS, min_size=45, max_size=60), max_size=4)


@given(TEXTS)
def test_no_pair_that_is_alike_goes_without_a_closer_look(texts: list[str]) -> None:
    several = [t for text in texts for t in (text, *(slip(text) for slip in SLIPS))]
    words = Words(["", *dict.fromkeys(t for t in several if t)])
    every = np.arange(1, len(words))
    left, right = np.repeat(every, len(every)), np.tile(every, len(every))
    x, y = words.length[left], words.length[right]
    edits, jaro = _distances(words, left, right, np.minimum(x, y), np.maximum(x, y))
    for n, (one, two) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        a, b = words.texts[one], words.texts[two]
        short, long = sorted((len(a), len(b)))
        most = 4 if long >= 11 else 3 if long >= 7 else 2 if long >= 5 else 1
        true = OSA.distance(a, b)
        assert edits[n] == true if true <= most else edits[n] > most, (a, b)
        likeness = JaroWinkler.similarity(a, b)
        said_by_edits = (true == 1 and short >= 3) or (true == 2 and short >= 8)
        if short >= 3 and likeness > 0.8 + 1e-6 and not said_by_edits:
            assert abs(jaro[n] - likeness) < 1e-5, (a, b)
        elif likeness < 0.8 - 1e-6:  # in between, the last bit of the two ways to divide decides
            assert jaro[n] == 0, (a, b)
