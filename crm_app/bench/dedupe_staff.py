"""A list of people at work, of any size: every company has the names of its country, and addresses made of names.

Namesakes get a number. Who is there again was typed from a card or from memory: a slip, a gap, a private address.
"""

from collections.abc import Iterator
from random import Random

from crm_app.bench.dedupe_list import LETTERS

HEADER: tuple[str, ...] = ("id", "first_name", "last_name", "email", "phone", "company")
SEEDS = (11, 12, 13)
COUNTRIES = 5
FIRST, LAST = 150, 600  # so many names each has
STAFF = 20  # the mean; the largest has a good hundred times as many as the smallest
EMPTY = {"email": 0.3, "phone": 0.3, "company": 0.3}
SLIP, LOST, PRIVATE = 0.12, 0.15, 0.2
FORMS = ("Ltd", "GmbH", "SARL", "S.L.", "ApS")
Row = dict[str, str]


class Staff:
    """Countries with their names, and the companies there."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random = Random(seed)
        self.names = [self._country() for _ in range(COUNTRIES)]
        count = max(COUNTRIES, size // STAFF)
        self.companies = [(f"{self._word(2)} {self._word(1)}", random.randrange(COUNTRIES)) for _ in range(count)]
        self.taken: dict[str, int] = {}

    def _country(self) -> tuple[list[str], list[str]]:
        """First names and surnames, by the sounds of its language."""
        onsets, vowels = self.random.sample(LETTERS, 9), self.random.sample("aeiouy", 4)
        return [self._name(onsets, vowels, 2) for _ in range(FIRST)], [
            self._name(onsets, vowels, 3) for _ in range(LAST)
        ]

    def _name(self, onsets: list[str], vowels: list[str], syllables: int) -> str:
        made = "".join(self.random.choice(onsets) + self.random.choice(vowels) for _ in range(syllables))
        return (made + self.random.choice(["", *onsets])).title()

    def _word(self, syllables: int) -> str:
        return self._name(list(LETTERS), list("aeiou"), syllables)

    def often(self, some: list, skew: float):
        return some[int(len(some) * self.random.random() ** skew)]

    def person(self) -> Row:
        name, country = self.often(self.companies, 2.5)
        first, last = (self.often(names, 1.7) for names in self.names[country])
        local, domain = f"{first}.{last}".lower(), f"{name.replace(' ', '').lower()}.example"
        address = f"{local}@{domain}"
        number = self.taken[address] = self.taken.get(address, 0) + 1
        row = {
            "first_name": first,
            "last_name": last,
            "email": address if number == 1 else f"{local}{number}@{domain}",
            "phone": f"+4{country} {self.random.randrange(10**8, 10**9)}",
            "company": f"{name} {FORMS[country]}",
        }
        return {key: "" if self.random.random() < EMPTY.get(key, 0.0) else value for key, value in row.items()}

    def again(self, row: Row) -> Row:
        """The same person as somebody else typed it."""
        found = {key: self._typed(key, value) for key, value in row.items()}
        if self.random.random() < PRIVATE:
            found["email"] = f"{row['first_name']}.{row['last_name']}@gmail.com".lower()
        return found

    def _typed(self, key: str, value: str) -> str:
        if self.random.random() < LOST and key in EMPTY:
            return ""
        if self.random.random() >= SLIP or len(value) < 3:
            return value
        at, wide = self.random.randrange(1, len(value)), self.random.randrange(2)
        return value[:at] + self.random.choice(LETTERS) + value[at + wide :]


def people(seed: int, size: int, twice: float) -> Iterator[tuple[int, Row]]:
    """So many rows with the number of the person that each is of; the share `twice` are of somebody before."""
    staff = Staff(seed, size)
    before: list[Row] = []
    for _ in range(size):
        if before and staff.random.random() < twice:
            n = staff.random.randrange(len(before))
            yield n, staff.again(before[n])
        else:
            before.append(staff.person())
            yield len(before) - 1, before[-1]
