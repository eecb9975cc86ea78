"""What somebody typed, taken apart once for every engine."""

from dataclasses import dataclass

from search.words import GRAM, TRUNK_ZERO, bigrams, digits, fold, is_cjk, pieces

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word that must be found. `prefix`: its beginning is enough; `typos`: how many are forgiven."""

    text: str
    prefix: bool
    typos: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The words in any order; or, where digits were typed, `others` together with the phone `number`."""

    words: tuple[Word, ...]
    number: str = ""
    others: tuple[Word, ...] = ()
    whole: str = ""

    @property
    def numbers(self) -> list[str]:
        """The digits as typed, and without the zero that only stands within a country."""
        short = self.number.lstrip("0")
        return [n for n in dict.fromkeys([self.number, short]) if len(n) >= GRAM]


def typos(word: str) -> int:
    """One from four letters, two from eight; none in numbers."""
    if any(c.isdigit() for c in word):
        return 0
    return 2 if len(word) >= 8 else 1 if len(word) >= 4 else 0


def take_apart(text: str) -> Asked:
    """The words of a query; the last one may be unfinished, and a single letter is an initial."""
    found = pieces(fold(TRUNK_ZERO.sub(" ", text)))[:MOST_WORDS]
    made: list[Word] = []
    others: list[Word] = []
    for place, piece in enumerate(found):
        last = place == len(found) - 1
        if is_cjk(piece):
            pairs = bigrams(piece) if len(piece) == 1 else bigrams(piece)[:-1]
            new = [Word(pair, len(pair) == 1, 0) for pair in pairs]
        else:
            new = [Word(piece, last or len(piece) == 1, typos(piece))]
        made += new
        others += [] if piece.isdigit() else new
    number = digits("".join(piece for piece in found if piece.isdigit()))
    if len(number) < GRAM:
        number, others = "", []
    return Asked(tuple(made), number, tuple(others), " ".join(found))
