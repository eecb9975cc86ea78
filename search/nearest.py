"""Words of a managed list that are near to what somebody wrote: the same word misspelt, begun, or in another order."""

from collections.abc import Iterable

from rapidfuzz import fuzz

from search.words import fold

SURE = 88.0  # one wrong letter in a word of five, two in a long one
LIKELY = 78.0
SHORTEST = 4


def proposals(text: str, known: Iterable[tuple[str, str]], limit: int = 6) -> list[str]:
    """The names whose word (name or synonym, as pairs of word and name) is near `text`, the nearest first."""
    wanted = " ".join(fold(text).split())
    best: dict[str, float] = {}
    for word, name in known:
        score = _score(wanted, " ".join(fold(word).split()))
        if score >= LIKELY and score > best.get(name, 0):
            best[name] = score
    return sorted(best, key=lambda name: (-best[name], name))[:limit]


def surely(text: str, known: Iterable[tuple[str, str]]) -> str:
    """The one name that a misspelt word means; empty where there is none, or more than one is as near."""
    wanted = " ".join(fold(text).split())
    if len(wanted) < SHORTEST:
        return ""
    best: dict[str, float] = {}
    for word, name in known:
        score = fuzz.ratio(wanted, " ".join(fold(word).split()), score_cutoff=SURE)
        best[name] = max(score, best.get(name, 0))
    ordered = sorted(best, key=lambda name: -best[name])[:2]
    if not ordered or best[ordered[0]] < SURE or (len(ordered) > 1 and best[ordered[1]] == best[ordered[0]]):
        return ""
    return ordered[0]


def _score(wanted: str, word: str) -> float:
    if not wanted or not word:
        return 0
    if word.startswith(wanted) or any(part.startswith(wanted) for part in word.split()):
        return 99 if word != wanted else 100
    return max(fuzz.ratio(wanted, word), fuzz.token_sort_ratio(wanted, word), fuzz.partial_ratio(wanted, word) * 0.8)
