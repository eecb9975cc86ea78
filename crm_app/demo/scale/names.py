"""What a person is called: first and last name by the habits of a country, and how both are in an address."""

from functools import lru_cache
from random import Random
from typing import NamedTuple

from crm_app.core.text import fold
from crm_app.demo.scale.lands import Land, Surname, Word

SPELT = {
    "de": str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}),  # codespell:ignore ue
    "da": str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"}),
}
ONE_SIGN, TWO_GENERATIONS = 0.25, 0.5  # of Chinese first names; of Egyptians who name father and grandfather


class Name(NamedTuple):
    """`plain` are the first and the last name as an address has them, such as `joerg` and `vanderberg`."""

    land: Land
    first: str
    last: str
    shown: str
    latin: tuple[str, str]
    plain: tuple[str, str]


def name_of(random: Random, land: Land) -> Name:
    """Somebody of that country."""
    hers = random.random() < 0.46
    first, last = _first(random, land, hers), _last(random, land, hers)
    given = first.native
    if land.habits.initial and random.random() < land.habits.initial:
        given = f"{given} {random.choice('ABCDEFGHJKLMNPRSTW')}."
    plain = slug(_called(first.latin), land.language), slug(_signed(land, last.latin), land.language)
    return Name(land, given, last.native, land.shown(given, last.native), (first.latin, last.latin), plain)


def _first(random: Random, land: Land, hers: bool) -> Word:
    names, habits = land.words.hers if hers else land.words.his, land.habits
    name = names.pick(random)
    if land.code == "CN":
        return name if random.random() < ONE_SIGN else _joined(name, names.pick(random), "", lower=True)
    if habits.second and random.random() < habits.second:
        second = names.pick(random)
        stem = habits.stem[hers]
        if stem and stem != second.native:
            return _joined(Word(stem, stem), second, habits.joint)
        if second != name:
            return _joined(name, second, habits.joint)
    return name


def _last(random: Random, land: Land, hers: bool) -> Word:
    words, habits = land.words, land.habits
    name = _form(words.surnames.pick(random), hers)
    if land.code == "EG":
        return _joined(words.his.pick(random), name, " ") if random.random() < TWO_GENERATIONS else name
    if words.middle and random.random() < 0.35:
        return _joined(_form(words.middle.pick(random), hers), name, " ")
    if habits.double and random.random() < habits.double * (1.0 if hers else habits.his):
        second = _form(words.surnames.pick(random), hers)
        return name if second == name else _joined(name, second, habits.bond)
    return name


def _form(name: Surname, hers: bool) -> Word:
    return name.hers if hers else name.his


def _joined(one: Word, two: Word, by: str, *, lower: bool = False) -> Word:
    return Word(f"{one.native}{by}{two.native}", f"{one.latin}{by}{two.latin.lower() if lower else two.latin}")


def _called(first: str) -> str:
    """Of several first names the one that somebody goes by."""
    return first.partition(" ")[0]


def _signed(land: Land, last: str) -> str:
    """Of two surnames Spaniards sign with the first, Danes and Egyptians with the last, others with all of it."""
    if land.code == "ES" and last[:1].isupper():
        return last.partition(" ")[0]
    return last.rpartition(" ")[2] if land.code in ("DK", "EG") else last


@lru_cache(maxsize=20_000)
def slug(text: str, language: str, between: str = "") -> str:
    """As an address has it: lower case, no accents, words joined by `between`, hyphens kept."""
    spelt = text.lower().translate(SPELT[language]) if language in SPELT else text
    words = fold(spelt).replace("'", "").replace("’", "").split()
    plain = between.join("".join(c if c.isascii() and c.isalnum() else "-" for c in word) for word in words)
    return "-".join(part for part in plain.split("-") if part)
