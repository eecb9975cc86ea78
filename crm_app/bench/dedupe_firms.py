"""A list of companies of any size, and which are one: groups, namesakes, shared houses, and who is there twice.

Who is there again was typed from elsewhere: another legal form or none, words cut short, a street that it left, a slip.
"""

from collections.abc import Iterator
from random import Random

from crm_app.bench.dedupe_list import World
from crm_app.bench.search import made_name

HEADER: tuple[str, ...] = ("id", "company", "street", "city", "postcode", "country", "phone", "website")
SEEDS = (11, 12, 13)
TWICE = 0.15
GROUP, NAMESAKE, HOUSE = 0.08, 0.05, 0.1  # one more of a group, another one of that name, another one in that house
MOVED, SHORTENED, SLIPPED, REFORMED, LOST = 0.15, 0.4, 0.2, 0.6, 0.15
EMPTY = {"street": 0.15, "postcode": 0.15, "phone": 0.3, "website": 0.35}
# country → its code for telephones, its ending of domains, and its legal forms, each with how else it is written
LANDS: dict[str, tuple[str, str, tuple[tuple[str, ...], ...]]] = {
    "United Kingdom": ("44", "co.uk", (("Ltd", "Limited", "Ltd.", ""), ("PLC", "plc", "Public Limited Company"))),
    "Germany": (
        "49",
        "de",
        (("GmbH", "G.m.b.H.", ""), ("AG", "Aktiengesellschaft"), ("GmbH & Co. KG", "GmbH & Co KG")),
    ),
    "France": ("33", "fr", (("SARL", "S.A.R.L.", ""), ("SA", "S.A."), ("SAS", "S.A.S."))),
    "United States": ("1", "com", (("Inc.", "Inc", "Incorporated", ""), ("LLC", "L.L.C."), ("Corp.", "Corporation"))),
    "Netherlands": ("31", "nl", (("B.V.", "BV", ""), ("N.V.", "NV"))),
}
SHORT = {
    "International": ("Intl", "Int'l"),
    "Manufacturing": ("Mfg",),
    "Brothers": ("Bros", "Bros."),
    "Engineering": ("Eng",),
    "Technologies": ("Tech", "Technology"),
    "Services": ("Svcs", "Service"),
    "Associates": ("Assoc",),
    "Systems": ("Sys", "System"),
    "and": ("&",),
}
# fmt: off
TRADES = (
    "Bakery", "Brewery", "Brothers", "Catering", "Cleaning", "Construction", "Consulting", "Design",
    "Engineering", "Foods", "Foundry", "Furniture", "Gardens", "Glass", "Holding", "International", "Joinery",
    "Kitchens", "Logistics", "Manufacturing", "Media", "Motors", "Optics", "Packaging", "Paints", "Partners",
    "Pharmacy", "Plastics", "Printing", "Roofing", "Services", "Software", "Solar", "Steel", "Systems",
    "Technologies", "Textiles", "Timber", "Tools", "Transport",
)
# fmt: on


class Firms:
    """Companies of one made-up country of firms; the common words often."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = Random(seed)
        self.world = World(self.random, 1000)
        self.names = [made_name(self.random, self.random.randint(1, 3)) for _ in range(max(50, size))]
        self.made: list[dict[str, str]] = []

    def firm(self) -> dict[str, str]:
        """A company of its own: of a group that is here, of the name of another one, in the same house, or neither."""
        random, other = self.random, self.random.choice(self.made) if self.made else None
        land, (town, code) = random.choice(list(LANDS)), self.world.often(self.world.towns, 1.5)
        street = f"{random.randrange(1, 200)} {self.world.often(self.world.streets, 1.3)}"
        place = {"street": street, "city": town, "postcode": code, "country": land}
        name, chance = self._name(), random.random()
        if other is not None and chance < GROUP:
            name = f"{other['stem'].split()[0]} {random.choice([t for t in TRADES if t not in other['stem']])}"
            place["country"] = other["country"]
        elif other is not None and chance < GROUP + NAMESAKE:
            name = other["stem"]
        elif other is not None and chance < GROUP + NAMESAKE + HOUSE:
            place = {key: other[key] for key in place}
        made = place | self._reached(name, place["country"]) | {"stem": name}
        forms = random.choice(LANDS[place["country"]][2])
        made |= {"forms": "|".join(forms), "company": f"{name} {forms[0]}"}
        self.made.append(made)
        return made

    def _name(self) -> str:
        random, a, b = self.random, self.world.often(self.names, 1.2), self.world.often(self.names, 1.2)
        trade, second = random.sample(TRADES, 2)
        ways = (f"{a} {trade}", f"{a} {trade}", f"{a} {b} {trade}", f"{a} and {b}", f"{a} {trade} {second}", a)
        return random.choice(ways)

    def _reached(self, name: str, land: str) -> dict[str, str]:
        code, end, _ = LANDS[land]
        host = "".join(name.lower().split()) if self.random.random() < 0.7 else name.lower().replace(" ", "-")
        number = f"{self.random.randrange(20, 90)} {self.random.randrange(10**6, 10**7)}"
        return {"phone": f"+{code} {number}", "website": f"{host}{self.random.randrange(100)}.{end}"}

    def again(self, firm: dict[str, str]) -> dict[str, str]:
        """The same company as another list has it."""
        random = self.random
        name = " ".join(
            random.choice(SHORT[word]) if word in SHORT and random.random() < SHORTENED else word
            for word in firm["stem"].split()
        )
        name = self.world.slip(name) if random.random() < SLIPPED else name
        form = random.choice(firm["forms"].split("|")) if random.random() < REFORMED else firm["forms"].split("|")[0]
        found = firm | {"company": f"{name} {form}".strip()}
        if random.random() < MOVED:
            town, code = self.world.often(self.world.towns, 1.5)
            street = f"{random.randrange(1, 200)} {self.world.often(self.world.streets, 1.3)}"
            found |= {"street": street, "city": town, "postcode": code}
        elif random.random() < SLIPPED:
            found["street"] = self.world.slip(found["street"])
        found["website"] = random.choice(("https://www.{}/", "http://{}", "www.{}", "{}")).format(found["website"])
        found["phone"] = found["phone"].replace(" ", random.choice(("", "-", " ")))
        return {key: "" if key in EMPTY and random.random() < LOST else value for key, value in found.items()}


def companies(seed: int, size: int) -> Iterator[tuple[int, dict[str, str]]]:
    """So many rows, each with the number of the company that it is of."""
    firms = Firms(seed, size)
    random, left, n = firms.random, size, 0
    while left > 0:
        made = firms.firm()
        copies = [made] + ([firms.again(made)] if random.random() < TWICE else [])
        for row in copies[:left]:
            shown = {key: row[key] for key in HEADER if key != "id"}
            yield n, {k: "" if random.random() < EMPTY.get(k, 0.0) else v for k, v in shown.items()}
        left, n = left - len(copies), n + 1
