"""What goes together: a town and its region, a language and its names, a company and those of one country there.

How much likelier strangers are to agree on one thing when they agree on another, taken from the list itself, from
records that are two for certain, so that who is there twice does not count.
"""

from collections.abc import Mapping

import numpy as np

from search.duplicates.levels import EXACT, FAR, LEVELS, MISSING, NEAR, OTHER, PART, SIMILAR
from search.duplicates.model import ALONG
from search.duplicates.walk import NAMES, Pairs, Walk

AROUND = {"company": ("company", "domain"), "country": ("country",)}  # what people may have in common beside a name
TOWN, FIRM = ("city", "country"), (FAR, PART, SIMILAR)
TRUST = 1000  # so many pairs' worth of no connection at all
SURE = 20  # the same of what is usual
MOST = 1000.0
Lifts = Mapping[str, np.ndarray]  # by `given|surname`, `given|company` and so on: float64 by level, 1 or more


def along(walk: Walk) -> dict[str, float]:
    """Of pairs that agree on the one, say the postcode, how many agree on the other, say the town."""
    found = dict(ALONG)
    for name, before in ALONG.items():
        column, _, given = name.partition("|")
        left, right = walk.fellows(given, *walk.called, but=())
        one, two = walk.table.codes[column][left], walk.table.codes[column][right]
        both = (one > 0) & (two > 0)
        found[name] = float(((both & (one == two)).sum() + SURE * before) / (both.sum() + SURE))
    return found


def lifts(walk: Walk, u: Mapping[str, np.ndarray]) -> Lifts:
    """How many times as often as among all strangers, whose chances are `u`, levels are seen."""
    found = {}
    for name, other in (NAMES, NAMES[::-1]):
        found[f"{name}|{other}"] = _lift(walk, name, u[name], walk.of_one_language(name, other))
        for context, columns in AROUND.items():
            left, right = zip(*(walk.fellows(column, other) for column in columns), strict=True)
            found[f"{name}|{context}"] = _lift(walk, name, u[name], (np.concatenate(left), np.concatenate(right)))
    for context in TOWN:
        found[f"company|{context}"] = _lift(walk, "company", u["company"], walk.fellows(context), FIRM)
    found["postcode|city"] = _lift(walk, "postcode", u["postcode"], walk.fellows("city", *walk.called), (NEAR, SIMILAR))
    return found


def _lift(
    walk: Walk, name: str, u: np.ndarray, pairs: Pairs, levels: tuple[int, ...] = tuple(range(EXACT, OTHER))
) -> np.ndarray:
    seen = np.bincount(walk.levels(name, *pairs), minlength=LEVELS).astype(float)
    seen[MISSING] = 0.0
    found = np.ones(LEVELS)
    at = list(levels)
    found[at] = np.clip((seen[at] / u[at] + TRUST) / (seen.sum() + TRUST), 1.0, MOST)
    return found
