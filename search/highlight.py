"""Which parts of a text are what was looked for; computed here, so that all engines show the same."""

import re

from search.asked import Asked, Word
from search.ranking import is_typo
from search.words import fold, is_cjk

_RUNS = re.compile(r"[^\W_]+")


def highlight(text: str, asked: Asked) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it was looked for; joined they are the text again."""
    marks: list[tuple[int, int]] = []
    for run in _RUNS.finditer(text):
        marks += [(run.start() + a, run.start() + b) for a, b in _marks(run.group(), asked)]
    out: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(marks):
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            out.append((text[at:start], False))
        if out and out[-1][1] and start == at:
            out[-1] = (out[-1][0] + text[start:end], True)
        else:
            out.append((text[start:end], True))
        at = end
    if at < len(text):
        out.append((text[at:], False))
    return out


def _marks(run: str, asked: Asked) -> list[tuple[int, int]]:
    """Parts of one run of letters: its beginning, all of it, or pairs of CJK signs inside."""
    plain = fold(run)
    found: list[tuple[int, int]] = []
    for word in asked.words:
        if is_cjk(word.text):
            at = plain.find(word.text)
            found += [(at, at + len(word.text))] if at >= 0 else []
        elif word.prefix and plain.startswith(word.text):
            found.append((0, _length(run, len(word.text))))
        elif plain == word.text or _mistyped(word, plain):
            found.append((0, len(run)))
    return found


def _mistyped(word: Word, plain: str) -> bool:
    return bool(word.typos) and is_typo(word, plain)


def _length(run: str, folded: int) -> int:
    """How many characters of the run as written make so many folded ones (`ß` makes two)."""
    for length in range(1, len(run) + 1):
        if len(fold(run[:length])) >= folded:
            return length
    return len(run)
