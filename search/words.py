"""How texts become words that can be compared: folded, split, digits joined, CJK in bigrams."""

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PIECES = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_CJK_ONLY = re.compile(rf"[{_CJK}]+")
TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
LONGEST = 40
GRAM = 3


def fold(text: str) -> str:
    """Case, accents and ligatures removed, composed again: `Straße` and `STRASSE` are one, and so are `Ø` and `o`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def pieces(text: str) -> list[str]:
    """Runs of letters and digits of a folded text; a run of CJK signs is one piece."""
    return [piece[:LONGEST] for piece in _PIECES.findall(text)]


def bigrams(run: str) -> list[str]:
    """The pairs of a run of CJK signs, and its last sign, so that a single sign is found as a beginning."""
    return [run[i : i + 2] for i in range(len(run))]


def words(text: str) -> list[str]:
    """The words of a document, in order; also across the space of a name in CJK signs, which many leave out."""
    found: list[str] = []
    folded, before = fold(text), None
    for run in _PIECES.finditer(folded):
        piece = run.group()[:LONGEST]
        signs = is_cjk(piece)
        if signs and before and folded[before.end() : run.start()].isspace():
            found.append(before.group()[-1] + piece[0])
        found += bigrams(piece) if signs else [piece]
        before = run if signs else None
    return found


def starts(known: Iterable[str], most: int) -> list[str]:
    """The beginnings of these words, of one letter to `most`; each once."""
    return list(dict.fromkeys(word[:n] for word in known for n in range(1, min(most, len(word)) + 1)))


def is_cjk(piece: str) -> bool:
    """Is this a run of CJK signs?"""
    return _CJK_ONLY.fullmatch(piece) is not None


def digits(text: str) -> str:
    """The digits alone; the `(0)` of `+44 (0)20` is no part of the number."""
    return "".join(c for c in unicodedata.normalize("NFKC", TRUNK_ZERO.sub("", text)) if c in "0123456789")


def grams(number: str) -> list[str]:
    """The runs of three digits, so that a phrase of them is any part of a number."""
    return [number[i : i + GRAM] for i in range(len(number) - GRAM + 1)]


def initials(title: str) -> list[str]:
    """What stands for a name of two to four words: its letters, and the first letter with the last word."""
    parts = pieces(fold(title))
    if not 2 <= len(parts) <= 4 or any(is_cjk(part) for part in parts):
        return []
    letters = [part[0] for part in parts]
    return list(dict.fromkeys(["".join(letters), letters[0] + letters[-1], letters[0] + parts[-1], *letters]))


def body_words(title: str, body: Iterable[str], emails: Iterable[str]) -> list[str]:
    """The words beside the title: texts, parts of e-mail addresses, initials; each once."""
    found = initials(title)
    for text in (*body, *emails):
        found += words(text)
    return list(dict.fromkeys(found))
