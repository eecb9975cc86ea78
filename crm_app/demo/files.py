"""The files as the demo loads them: dates moved to the present, and columns that the public data does not have."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from crm_app.core.text import fold
from crm_app.demo.parties import with_parties
from crm_app.demo.words import FIRST, LANGUAGES, LAST, LOST_REASONS, SOURCES, TITLES

DATA = Path(__file__).parent / "data"
PEOPLE_A_COMPANY = (3, 6)
LOOSE_PEOPLE = 80
VISITORS = 6
BEFORE_A_GATE, LEADS = 3, ("suspect", "prospect", "qualified")
BUSY = "Darcel Schlecht"  # the seller who can sign in
Row = dict[str, Any]


@dataclass
class DemoFiles:
    """The rows of every file, ready to be written."""

    users: list[Row]
    companies: list[Row]
    products: list[Row]
    people: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    fair: list[Row] = field(default_factory=list)  # people typed off at a fair, who were known already

    def write(self, folder: Path) -> dict[str, Path]:
        """One CSV file a kind."""
        return {name: _write(folder / f"{name}.csv", rows) for name, rows in self.__dict__.items()}


def build(random: Random, today: date) -> DemoFiles:
    """Everything that is imported; the same for the same seed and day."""
    deals = read("sales_pipeline")
    shift = today - timedelta(days=1) - max(date.fromisoformat(d["close_date"]) for d in deals if d["close_date"])
    files = DemoFiles(read("sales_teams"), _companies(random, deals), read("products"))
    files.people = _people(random, files)
    rows = _deals(random, deals, files, shift, today)
    waiting = _stand_before_a_gate(files)
    files.deals = with_parties(Random(random.random()), rows, [p for p in files.people if p not in waiting])
    files.fair = _typed_again(Random(random.random()), files.people)
    return files


def read(name: str) -> list[Row]:
    """A file as it was published."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in fold(name)).strip("-")


def _phone(random: Random) -> str:
    """Numbers that are kept free for fiction."""
    return f"+1 {random.randint(201, 989)} 555 01{random.randint(0, 99):02}"


def _companies(random: Random, deals: list[Row]) -> list[Row]:
    """Whoever has most deals with a company owns it; whoever bought is a customer."""
    agents: dict[str, Counter[str]] = defaultdict(Counter)
    bought = {d["account"] for d in deals if d["deal_stage"] == "Won"}
    for deal in deals:
        agents[deal["account"]][deal["sales_agent"]] += 1
    rows = []
    for row in read("accounts"):
        name = row["account"]
        ranked = sorted(agents[name].items(), key=lambda a: (-a[1], a[0]))
        rows.append(
            row
            | {
                "owner": ranked[0][0] if ranked else "",
                "kind": "customer" if name in bought else "prospect",
                "domain": f"{_slug(name)}.example",
                "phone": _phone(random),
            }
        )
    return rows


def _people(random: Random, files: DemoFiles) -> list[Row]:
    """A few people in every company, and some who are only known by name and address."""
    names = [(first, last) for first in FIRST for last in LAST]
    random.shuffle(names)
    rows = []
    for company in files.companies:
        for place in range(random.randint(*PEOPLE_A_COMPANY)):
            first, last = names.pop()
            lifecycle = "contact" if place < 2 else "lead"
            segment = "qualified" if place < 2 else random.choice(("suspect", "prospect", "qualified"))
            rows.append(
                _person(random, first, last, company["domain"], lifecycle, segment)
                | {
                    "company": company["account"],
                    "owner": company["owner"],
                    "title": random.choice(TITLES),
                    "phone": _phone(random),
                }
            )
    for _ in range(LOOSE_PEOPLE):
        first, last = names.pop()
        rows.append(
            _person(random, first, last, "mail.example", "name", "")
            | {
                "company": "",
                "owner": "",
                "title": "",
                "phone": "",
            }
        )
    return rows


def _person(random: Random, first: str, last: str, domain: str, lifecycle: str, segment: str) -> Row:
    return {
        "first_name": first,
        "last_name": last,
        "email": f"{_slug(first)}.{_slug(last)}@{domain}",
        "lifecycle": lifecycle,
        "segment": segment,
        "language": random.choice(LANGUAGES),
        "source": random.choice(SOURCES),
    }


def _stand_before_a_gate(files: DemoFiles) -> list[Row]:
    """Of those known by name only a few become leads who lack what the next state asks for, each something else.

    Without a way to reach them, without owner and company, without a deal and a next step.
    """
    found = [p for p in files.people if p["lifecycle"] == "name"][: 3 * BEFORE_A_GATE]
    own = [c for c in files.companies if c["owner"] == BUSY] or files.companies
    for n, person in enumerate(found):
        person["lifecycle"], person["segment"] = "lead", LEADS[n // BEFORE_A_GATE]
        if person["segment"] == "suspect":
            person["email"] = ""
        elif person["segment"] == "qualified":
            company = own[n % len(own)]
            person |= {"company": company["account"], "owner": company["owner"], "title": TITLES[n % len(TITLES)]}
            person["email"] = person["email"].replace("mail.example", company["domain"])
    return found


def _typed_again(random: Random, people: list[Row]) -> list[Row]:
    """Visitors of a fair who are here already: a slip in the surname, an initial, or names exchanged."""
    known = [p for p in people if p["phone"] and p["lifecycle"] == "contact" and len(p["last_name"]) > 4]
    rows = []
    for place, person in enumerate(random.sample(known, VISITORS)):
        first, last = person["first_name"], person["last_name"]
        slip = (f"{last[:2]}{last[3]}{last[2]}{last[4:]}", last, last)[place % 3]
        typed = ((first, slip), (first[0], last), (last, first))[place % 3]
        rows.append(
            {
                "first_name": typed[0],
                "last_name": typed[1],
                "company": person["company"],
                "phone": person["phone"],
                "lifecycle": "lead",
                "segment": "suspect",
                "source": "Trade fair",
            }
        )
    return rows


def _deals(random: Random, deals: list[Row], files: DemoFiles, shift: timedelta, today: date) -> list[Row]:
    prices = {_slug(p["product"]).replace("-", ""): p["sales_price"] for p in files.products}
    contacts: dict[str, list[str]] = defaultdict(list)
    for person in files.people:
        if person["lifecycle"] == "contact":
            contacts[person["company"]].append(f"{person['first_name']} {person['last_name']}")
    rows = []
    for deal in deals:
        is_open = deal["deal_stage"] not in ("Won", "Lost")
        opened = _moved(deal["engage_date"], shift)
        rows.append(
            deal
            | {
                "engage_date": opened or "",
                "close_date": _moved(deal["close_date"], shift) or "",
                "close_value": prices[_slug(deal["product"]).replace("-", "")] if is_open else deal["close_value"],
                "is_estimate": "yes" if is_open else "no",
                "expected_close_date": _expected(random, opened, today) if is_open and opened else "",
                "contact": _pick(random, contacts.get(deal["account"], [])),
                "lost_reason": random.choice(LOST_REASONS) if deal["deal_stage"] == "Lost" else "",
            }
        )
    return rows


def _moved(text: str, shift: timedelta) -> date | None:
    return date.fromisoformat(text) + shift if text else None


def _expected(random: Random, opened: date, today: date) -> date:
    """Some weeks after the opening; where that is long past, it was put off to one of the next weeks, mostly."""
    wish = opened + timedelta(days=random.randint(30, 140))
    return wish if wish > today or random.random() < 0.1 else today + timedelta(days=random.randint(1, 60))


def _pick(random: Random, names: Iterable[str]) -> str:
    known = list(names)
    return random.choice(known) if known and random.random() < 0.85 else ""
