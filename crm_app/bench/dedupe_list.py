"""A list of people of any size, as CSV: skewed names, families, colleagues, and people who are there twice."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from crm_app.bench.search import made_name

HEADER: tuple[str, ...] = (
    "id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "street",
    "city",
    "postcode",
    "birth_date",
)
SEED = 11
TWICE = 0.05
FAMILY = 0.3
EMPTY = {"email": 0.3, "phone": 0.3, "company": 0.4, "birth_date": 0.6, "street": 0.1, "postcode": 0.1}
SLIPS = 0.15
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class World:
    """Names, towns and firms from which people are drawn, the common ones often."""

    def __init__(self, random: Random, size: int) -> None:
        self.random = random
        self.first = [made_name(random, random.randint(1, 2)) for _ in range(3000)]
        self.last = [made_name(random, random.randint(2, 3)) for _ in range(60_000)]
        self.streets = [
            f"{made_name(random, 2)} {w}" for w in ("Street", "Road", "Lane", "Avenue") for _ in range(5000)
        ]
        self.towns = [(made_name(random, 2), f"{random.randrange(10_000, 99_999)}") for _ in range(4000)]
        self.firms = [f"{made_name(random, 2)} {random.choice(('Ltd', 'GmbH', 'Inc'))}" for _ in range(size // 20 + 1)]

    def often(self, words: list, skew: float = 2.0):
        return words[int(len(words) * self.random.random() ** skew)]

    def person(self, n: int, before: dict[str, str] | None) -> dict[str, str]:
        """Somebody, of the same house as the one before or not."""
        random = self.random
        if before is not None and random.random() < FAMILY:
            kept = {key: before[key] for key in ("last_name", "street", "city", "postcode")}
        else:
            town, code = self.often(self.towns, 1.5)
            street = f"{random.randrange(1, 200)} {self.often(self.streets, 1.3)}"
            kept = {"last_name": self.often(self.last), "street": street, "city": town, "postcode": code}
        first, firm = self.often(self.first), self.often(self.firms)
        born = f"{random.randrange(1930, 2005)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        address = f"{first}.{kept['last_name']}{n % 97}@{firm.split()[0]}.example".lower()
        phone = f"+44 20 7{random.randrange(10**6):06} {random.randrange(10)}"
        made = kept | {"first_name": first, "email": address, "phone": phone, "company": firm, "birth_date": born}
        return {key: "" if random.random() < EMPTY.get(key, 0.0) else value for key, value in made.items()}

    def again(self, person: dict[str, str]) -> dict[str, str]:
        """The same person as somebody else typed it."""
        random = self.random
        found = {}
        for key, value in person.items():
            empty = random.random() < 0.1 and key not in ("first_name", "last_name")
            slip = key not in ("phone", "birth_date") and random.random() < SLIPS
            found[key] = "" if empty else self.slip(value) if slip else value
        return found

    def slip(self, text: str) -> str:
        if len(text) < 3:
            return text
        at, letter = self.random.randrange(1, len(text)), self.random.choice(LETTERS)
        way = self.random.randrange(3)
        return text[:at] + ("" if way == 0 else letter) + text[at + (way != 1) :]


def people(size: int) -> Iterator[tuple[int, dict[str, str]]]:
    """So many rows with the number of the person that each is of."""
    world = World(Random(SEED), size)
    rows: list[dict[str, str]] = []
    before: dict[str, str] | None = None
    singles = size - int(size * TWICE)
    step = max(1, singles // max(1, size - singles))
    for n in range(singles):
        before = world.person(n, before)
        yield n, before
        if n % step == 0 and len(rows) < size - singles:
            rows.append(before)
            yield n, world.again(before)
    while len(rows) < size - singles:
        rows.append(before or {})
        yield singles - 1, world.again(before or {})


def write(path: Path, size: int) -> list[int]:
    """The list as a CSV file; which person each row is of."""
    who: list[int] = []
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, HEADER)
        out.writeheader()
        for row, (person, values) in enumerate(people(size), 1):
            out.writerow(values | {"id": str(row)})
            who.append(person)
    return who
