"""The countries of the larger demo: what people, towns, streets and trades are called there."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random
from typing import Generic, NamedTuple, TypeVar

from crm_app.demo.files import DATA

T = TypeVar("T")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


class Word(NamedTuple):
    """A word, and what it is in Latin letters."""

    native: str
    latin: str


class Surname(NamedTuple):
    """What a man is called, and what his sister is."""

    his: Word
    hers: Word


class Town(NamedTuple):
    """`postcode` is a pattern of `#` and `?`; `dialled` the area code; `digits` of a number if not as usual, or 0."""

    name: Word
    postcode: str
    dialled: str
    region: str
    digits: int


class Ranked(Generic[T]):
    """The n-th is drawn with weight 1/(n + flat): the first often, the last now and then (Zipf and Mandelbrot)."""

    def __init__(self, items: Sequence[T], flat: float) -> None:
        self.items = items
        self._weights = ranks(len(items), flat)

    def pick(self, random: Random) -> T:
        """One of them."""
        return random.choices(self.items, cum_weights=self._weights)[0]


def ranks(count: int, flat: float) -> list[float]:
    """Cumulated weights of which the n-th is 1/(n + flat)."""
    return list(accumulate(1 / (n + flat) for n in range(1, count + 1)))


@dataclass(frozen=True)
class Habits:
    """How people of a country are called, as shares of them.

    `second`: has two first names, joined by `joint`, the first of them a `stem` where there is one (him, her).
    `double`: a woman bears two surnames, joined by `bond`; a man a `his` as often. `initial`: of a second first name.
    `flat` of surnames: small where few surnames are borne by many.
    """

    second: float = 0.0
    joint: str = " "
    stem: tuple[str, str] = ("", "")
    double: float = 0.0
    bond: str = "-"
    his: float = 0.1
    initial: float = 0.0
    flat: float = 20.0
    east: bool = False


@dataclass(frozen=True)
class Land:
    """A country; `east`: the family name comes first. Numbers of `digits` behind the prefix, mobiles of `mobile[1]`."""

    code: str
    name: str
    language: str
    weight: int
    prefix: str
    digits: int
    mobile: tuple[tuple[str, ...], int]
    forms: tuple[str, ...]
    family: str
    habits: Habits = field(default_factory=Habits)

    @property
    def east(self) -> bool:
        """Is the family name written first?"""
        return self.habits.east

    def shown(self, first: str, last: str) -> str:
        """The whole name as it is written there."""
        if self.east:
            return f"{last}{first}" if self.code == "CN" else f"{last} {first}"
        return f"{first} {last}"

    def is_mobile(self, number: str) -> bool:
        """Does the number go with whoever leaves? In America that cannot be seen."""
        return not self.mobile[0] or number.startswith(tuple(self.prefix + start for start in self.mobile[0]))

    @property
    def words(self) -> "Words":
        """What is called how there."""
        return words_of(self.code, self.habits.flat)


@dataclass(frozen=True)
class Words:
    """What is called how in one country."""

    his: Ranked[Word]
    hers: Ranked[Word]
    surnames: Ranked[Surname]
    middle: Ranked[Surname] | None
    towns: Ranked[Town]
    trades: tuple[tuple[str, Word], ...]  # with the industry
    streets: tuple[str, ...]
    coined: tuple[Word, ...]
    short: dict[str, str]  # first name → what friends say


def _land(code, name, language, weight, prefix, digits, mobile, forms, family, **habits) -> Land:
    mobiles = (tuple(mobile[0].split()), mobile[1])
    return Land(
        code, name, language, weight, prefix, digits, mobiles, tuple(forms.split("|")), family, Habits(**habits)
    )


LANDS = (
    _land("US", "United States", "en", 22, "+1", 10, ("", 10), "Inc.|LLC|LLC|Corp.|Co.|", "{} Brothers",
          initial=0.15, double=0.04, flat=40.0),
    _land("DE", "Germany", "de", 15, "+49", 10, ("151 160 170 171 172 175 176", 10),
          "GmbH|GmbH|GmbH|GmbH & Co. KG|AG|e.K.|KG", "{} & Söhne", second=0.06, double=0.06, flat=25.0),
    _land("GB", "United Kingdom", "en", 8, "+44", 10, ("74 75 77 78 79", 10), "Ltd|Ltd|Ltd|Limited|LLP|PLC",
          "{} & Sons", initial=0.05, double=0.06, flat=30.0),
    _land("FR", "France", "fr", 9, "+33", 9, ("6 7", 9), "SARL|SARL|SAS|SAS|SA|EURL", "{} Frères",
          second=0.09, joint="-", stem=("Jean", "Marie"), double=0.04, flat=30.0),
    _land("ES", "Spain", "es", 6, "+34", 9, ("6 71 72", 9), "S.L.|S.L.|S.L.U.|S.A.", "Hermanos {}",
          second=0.16, stem=("José", "María"), double=0.7, bond=" ", his=1.0, flat=12.0),
    _land("IT", "Italy", "it", 6, "+39", 9, ("32 33 34 38 39", 10), "S.r.l.|S.r.l.|S.p.A.|S.n.c.", "Fratelli {}",
          second=0.04, flat=25.0),
    _land("NL", "Netherlands", "nl", 6, "+31", 9, ("6", 9), "B.V.|B.V.|B.V.|N.V.|V.O.F.", "Gebroeders {}",
          second=0.02, initial=0.04, double=0.06, his=0.0, flat=20.0),
    _land("PL", "Poland", "pl", 5, "+48", 9, ("50 51 60 66 69 72 78", 9), "sp. z o.o.|sp. z o.o.|S.A.|sp. k.",
          "Bracia {}", double=0.06, his=0.02, flat=20.0),
    _land("DK", "Denmark", "da", 3, "+45", 8, ("20 22 26 28 30 40 42 51 60", 8), "A/S|ApS|ApS|I/S", "{} & Søn",
          flat=6.0),
    _land("SE", "Sweden", "sv", 3, "+46", 9, ("70 72 73 76", 9), "AB|AB|AB|HB", "{} & Söner",
          second=0.05, double=0.04, bond=" ", flat=15.0),
    _land("TR", "Türkiye", "tr", 4, "+90", 10, ("530 532 533 535 542 544 545 505 506", 10), "A.Ş.|Ltd. Şti.|Ltd. Şti.",
          "{} Kardeşler", second=0.14, double=0.05, bond=" ", his=0.0, flat=15.0),
    _land("GR", "Greece", "el", 3, "+30", 10, ("690 693 694 697 698", 10), "Α.Ε.|Ε.Π.Ε.|Ι.Κ.Ε.|Ο.Ε.", "Αφοί {}",
          double=0.04, his=0.0, flat=25.0),
    _land("UA", "Ukraine", "uk", 3, "+380", 9, ("50 63 66 67 68 93 95 97", 9), "ТОВ|ТОВ|ПП|АТ", "Брати {}",
          double=0.02, his=0.0, flat=25.0),
    _land("EG", "Egypt", "ar", 3, "+20", 9, ("10 11 12 15", 10), "ش.م.م|ذ.م.م", "أولاد {}", flat=15.0),
    _land("JP", "Japan", "ja", 3, "+81", 9, ("70 80 90", 10), "株式会社|株式会社|有限会社|合同会社", "{}兄弟",
          flat=20.0, east=True),
    _land("CN", "China", "zh", 3, "+86", 10, ("13 15 18 19", 11), "有限公司|有限公司|股份有限公司|有限责任公司", "{}氏",
          flat=6.0, east=True),
    _land("IN", "India", "en", 4, "+91", 10, ("70 80 81 90 98 99", 10), "Pvt. Ltd.|Pvt. Ltd.|Ltd.|LLP", "{} & Sons",
          initial=0.1, flat=15.0),
)  # fmt: skip
WEIGHTS = list(accumulate(land.weight for land in LANDS))


def pick_land(random: Random) -> Land:
    """A country by its weight."""
    return random.choices(LANDS, cum_weights=WEIGHTS)[0]


@cache
def _files() -> dict[str, dict[str, list[list[str]]]]:
    """The rows of every file by country and list."""
    found: dict[str, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    for name in ("names", "towns", "words"):
        for code, first, *rest in _rows(name):
            which, row = ("town", [first, *rest]) if name == "towns" else (first, rest)
            found[code][which].append(row)
    return found


def _rows(name: str) -> Iterator[list[str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        next(rows)
        yield from rows


@cache
def words_of(code: str, flat: float) -> Words:
    """Read once; empty lists only where a country has none of that kind."""
    found = _files()[code]
    middle = [_surname(row) for row in found.get("s2", ())]
    kinds = ("m", "f", "s", "s2", "town", "street", "coined", "short")
    return Words(
        Ranked([_word(row) for row in found["m"]], 12.0),
        Ranked([_word(row) for row in found["f"]], 12.0),
        Ranked([_surname(row) for row in found["s"]], flat),
        Ranked(middle, 10.0) if middle else None,
        Ranked([_town(*row) for row in found["town"]], 3.0),
        tuple((name, _word(row)) for name, rows in found.items() if name not in kinds for row in rows),
        tuple(row[0] for row in found["street"]),
        tuple(_word(row) for row in found.get("coined", ())),
        {row[0]: row[1] for row in found.get("short", ())},
    )


def _town(name: str, latin: str, postcode: str, dialled: str, region: str, digits: str) -> Town:
    return Town(Word(name, latin or name), postcode, dialled, region, int(digits or 0))


def _word(row: list[str]) -> Word:
    return Word(row[0], row[1] if len(row) > 1 and row[1] else row[0])


def _surname(row: list[str]) -> Surname:
    his = _word(row)
    hers = Word(row[2], row[3] if len(row) > 3 and row[3] else row[2]) if len(row) > 2 else his
    return Surname(his, hers)


def phone(random: Random, land: Land, town: Town | None = None) -> str:
    """A number as it is dialled from anywhere: of that town, or a mobile one."""
    if town is None and not land.mobile[0]:  # mobiles that cannot be told from others: of some town
        town = land.words.towns.pick(random)
    area = town.dialled if town else random.choice(land.mobile[0])
    left = ((town.digits or land.digits) if town else land.mobile[1]) - len(area)
    return f"{land.prefix}{area}{random.randrange(2 * 10 ** (left - 1), 10**left)}"


def address(random: Random, land: Land, town: Town) -> dict[str, str]:
    """A place in that town."""
    code = "".join(
        random.choice("0123456789") if c == "#" else random.choice(LETTERS) if c == "?" else c for c in town.postcode
    )
    street = random.choice(land.words.streets).format(n=int(random.expovariate(1 / 40)) + 1)
    return {
        "street": street,
        "city": town.name.native,
        "postcode": code,
        "region": town.region,
        "country": land.name,
    }
