"""How well a document fits: the same arithmetic for every engine, after it has chosen the candidates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from rapidfuzz.distance import OSA

from search.asked import Asked, Word
from search.documents import Hit
from search.words import body_words, digits, fold, pieces, words

WHOLE, EXACT, PREFIX, TYPO, NONE = 8, 6, 4, 2, 0
BODY = 1  # what a match outside of the title is worth less
FADES_DAYS = 120.0
REMEMBERED = 2000  # texts whose words are kept: one more letter finds much of what was found before
IMPORTANCE, RECENCY, MINE, BEGINS = 1.0, 0.5, 0.6, 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an engine keeps of a document for this: the texts as they were."""

    kind: str
    id: int
    title: str
    body: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    owner: int | None
    stage: int | None
    updated: int
    importance: float
    clipped: bool = False


def is_typo(word: Word, known: str) -> bool:
    """Is `known` (or, for an unfinished word, its beginning) this word but for the typos that are forgiven?"""
    most = word.typos
    if not most or len(known) < len(word.text) - most:
        return False
    if not word.prefix:
        return OSA.distance(word.text, known, score_cutoff=most) <= most
    lengths = range(len(word.text) - most, min(len(known), len(word.text) + most) + 1)
    return any(OSA.distance(word.text, known[:n], score_cutoff=most) <= most for n in lengths)


def fit(word: Word, known: Sequence[str]) -> int:
    """EXACT, PREFIX, TYPO or NONE: the best that these words of a document offer."""
    if word.text in known:
        return EXACT
    if word.prefix and any(k.startswith(word.text) for k in known):
        return PREFIX
    return TYPO if word.typos and any(is_typo(word, k) for k in known) else NONE


def tier(asked: Asked, candidate: Candidate) -> tuple[int, int]:
    """How well the worst word fits, then all of them together; (0, 0) if one of them does not fit at all."""
    title, body = _known(candidate.title, tuple(candidate.body), tuple(candidate.emails))
    least = PREFIX - BODY if candidate.clipped else NONE  # the engine saw the rest of the text
    found = _fits(asked.words, title, body, least)
    if asked.number and any(n in digits(phone) for n in asked.numbers for phone in candidate.phones):
        by_phone = [EXACT - BODY, *_fits(asked.others, title, body, least)]
        found = max(found, by_phone, key=lambda fits: min(fits, default=NONE))
    worst = min(found, default=NONE)
    if worst == NONE:
        return NONE, NONE
    if worst == EXACT and " ".join(pieces(fold(candidate.title))) == asked.whole:
        worst = WHOLE
    return worst, sum(found)


def _begins(asked: Asked, candidate: Candidate) -> bool:
    """Is what was typed how the title begins: the company itself, rather than what was sold to it?"""
    title = _known(candidate.title, tuple(candidate.body), tuple(candidate.emails))[0]
    return bool(title and asked.words) and title[0] == asked.words[0].text


@lru_cache(maxsize=REMEMBERED)
def _known(title: str, body: tuple[str, ...], emails: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The words of the title, and those beside it."""
    return words(title), body_words(title, body, emails)


def _fits(asked: Iterable[Word], title: Sequence[str], body: Sequence[str], least: int) -> list[int]:
    found = []
    for word in asked:
        best = fit(word, title)
        found.append(best if best == EXACT else max(best, fit(word, body) - BODY, least, NONE))
    return found


def rank(asked: Asked, candidates: Iterable[Candidate], mine: int | None, now: float, limit: int) -> list[Hit]:
    """Exact before prefix before typo; then kind, recency, what is one's own and a title that begins so, in one sum.

    The id decides a tie.
    """
    scored = []
    for candidate in candidates:
        worst, together = tier(asked, candidate)
        if worst == NONE:
            continue
        days = max(0.0, now - candidate.updated) / 86400
        sum_ = IMPORTANCE * candidate.importance + RECENCY * exp(-days / FADES_DAYS)
        sum_ += MINE if mine is not None and candidate.owner == mine else 0
        sum_ += BEGINS if worst >= EXACT and _begins(asked, candidate) else 0
        scored.append(((-worst, -together, -round(sum_, 6), candidate.id), worst, candidate))
    scored.sort(key=lambda entry: entry[0])
    return [Hit(c.kind, c.id, c.title, c.owner, c.stage, worst) for _, worst, c in scored[:limit]]
