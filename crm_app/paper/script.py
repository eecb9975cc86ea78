"""Text as it is printed: composed, without what the font lacks, right-to-left scripts joined and in visual order.

Sources: Unicode Standard Annex 9 (order, by fpdf2) and the Arabic joining of chapter 9.2, whose forms are taken from
the compatibility decompositions of the presentation forms that the font has.
"""

import re
import unicodedata
from functools import cache

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from crm_app.paper.fonts import has

REPLACEMENT = "▯"
# What a font need not have: the same to a reader, or nothing at all.
SAME = {"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2002": " ", "\u2003": " ", "\u3000": " ", "\t": " ", "\u2043": "-"}
UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u00ad")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
PLAIN = re.compile(r"[\x20-\x7e\n]*\Z")
MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))  # rule L4
TATWEEL, LAM, ALEFS = "\u0640", "\u0644", "\u0622\u0623\u0625\u0627"
FORMS = ("<isolated>", "<final>", "<initial>", "<medial>")


class Printer:
    """Makes text printable for one document, and remembers what could not be."""

    def __init__(self) -> None:
        self.missing: dict[str, None] = {}
        self.used: set[str] = set(REPLACEMENT)

    def __call__(self, text: str) -> str:
        """The text in logical order, of characters that the font has; line breaks stay."""
        if not PLAIN.match(text):
            composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
            text = "".join(map(self._shown, composed))
            if RIGHT_TO_LEFT.search(text):
                text = join_arabic(text)
        self.used.update(text)
        return text

    def _shown(self, character: str) -> str:
        if character == "\n" or has(character):
            return "" if character in UNSEEN else character
        if character in SAME:
            return SAME[character]
        if character in UNSEEN or unicodedata.category(character) in ("Cc", "Cf"):
            return ""
        plainer = unicodedata.normalize("NFKC", character)
        if plainer != character and all(map(has, plainer)):
            return plainer
        self.missing.setdefault(character)
        return REPLACEMENT


def in_visual_order(line: str) -> str:
    """One line as it stands on paper from left to right."""
    if not RIGHT_TO_LEFT.search(line):
        return line
    paragraph = BidiParagraph(line, base_direction=_direction(line))
    return "".join(
        MIRRORED.get(c.character, c.character) if c.embedding_level % 2 else c.character
        for c in paragraph.get_reordered_characters()
    )


def join_arabic(text: str) -> str:
    """Every Arabic letter in the form that its neighbours ask for, where the font has that form."""
    for pair, ligature in _ligatures().items():
        text = text.replace(pair, ligature)
    return "".join(_form_of(letter, text, at) for at, letter in enumerate(text))


def _form_of(letter: str, text: str, at: int) -> str:
    forms = _forms().get(letter)
    if forms is None:
        return letter
    joins_before = "<final>" in forms and _joins_onward(_neighbour(text, at, -1))
    joins_after = "<initial>" in forms and _joins_back(_neighbour(text, at, 1))
    name = FORMS[joins_before + 2 * joins_after]
    return forms.get(name) or forms.get("<isolated>") or letter


def _direction(text: str) -> TextDirection:
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return TextDirection.LTR if kind == "L" else TextDirection.RTL
    return TextDirection.LTR


def _neighbour(text: str, at: int, step: int) -> str:
    """The next letter that is no mark; empty at the ends."""
    at += step
    while 0 <= at < len(text) and unicodedata.combining(text[at]):
        at += step
    return text[at] if 0 <= at < len(text) else ""


def _joins_onward(letter: str) -> bool:
    return letter == TATWEEL or "<initial>" in _forms().get(letter, {})


def _joins_back(letter: str) -> bool:
    return letter == TATWEEL or "<final>" in _forms().get(letter, {})


@cache
def _decomposed() -> list[tuple[str, str, str]]:
    """Of each presentation form in the font: which form it is, what it stands for, itself."""
    found = []
    for code in (*range(0xFB50, 0xFDFF), *range(0xFE70, 0xFEFD)):
        form, *parts = unicodedata.decomposition(chr(code)).split() or [""]
        if form in FORMS and has(chr(code)):
            found.append((form, "".join(chr(int(part, 16)) for part in parts), chr(code)))
    return found


@cache
def _ligatures() -> dict[str, str]:
    """Lam with alef, which no Arabic text writes apart."""
    return {
        plain: it
        for form, plain, it in _decomposed()
        if form == "<isolated>" and plain[0] == LAM and len(plain) == 2 and plain[1] in ALEFS
    }


@cache
def _forms() -> dict[str, dict[str, str]]:
    """letter → form → character; a ligature counts as a letter under its isolated form."""
    isolated = _ligatures()
    found: dict[str, dict[str, str]] = {}
    for form, plain, it in _decomposed():
        if len(plain) == 1 or plain in isolated:
            found.setdefault(isolated.get(plain, plain), {})[form] = it
    return found
