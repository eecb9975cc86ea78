"""Companies of very different size, their people, and people who are there twice."""

from collections.abc import Callable, Iterator
from random import Random

from crm_app.core.changes import Change
from crm_app.core.text import fold
from crm_app.demo.scale.grow import Firm, Human, World, zipf
from crm_app.demo.scale.names import LANDS, STEMS, TRADES, Land, phone, pick_land, split
from crm_app.demo.words import SOURCES, TITLES

Maker = Callable[[int], list[Change]]
DUPLICATE_EVERY = 40  # of so many people one is a copy of an earlier one
LOOSE = 0.1


def companies(world: World, count: int) -> Iterator[Maker]:
    """The first are the largest."""
    random = world.random
    for n in range(count):
        land = pick_land(random)
        name = f"{random.choice(STEMS)} {random.choice(TRADES)} {n + 1}"
        values = {
            "external_id": f"demo-c{n}",
            "name": f"{name} {land.form}",
            "kind": random.choice(("customer", "prospect", "prospect", "partner")),
            "industry": name.split()[1].lower(),
            "country": land.name,
            "domain": f"{_slug(name)}.example",
            "phone": phone(random, land),
            "employees": max(3, 60_000 // (n + 1)),
            "owner_id": random.choice(world.owners),
        }
        yield _firm(world, values, LANDS.index(land))


def _firm(world: World, values: dict, land: int) -> Maker:
    def make(id: int) -> list[Change]:
        world.firms.append(Firm(id, values["domain"], land, values["owner_id"]))
        return [Change("company", id, values, "create")]

    return make


def people(world: World, count: int) -> Iterator[Maker]:
    """Most work in few companies; one in forty is a copy of an earlier person, written in another way."""
    random, weights = world.random, zipf(len(world.firms))
    originals: list[dict] = []
    for n in range(count):
        if n % DUPLICATE_EVERY == DUPLICATE_EVERY - 1:
            yield _copy(world, n, originals[random.randrange(len(originals))], random)
            continue
        firm = None
        if world.firms and random.random() >= LOOSE:
            firm = random.choices(world.firms, cum_weights=weights)[0]
        land = LANDS[firm.land] if firm and random.random() < 0.9 else pick_land(random)
        values = _person(random, n, land, firm, random.choice(world.owners))
        yield _human(world, values, firm, originals)


def duplicates_among(count: int) -> int:
    """How many of so many people are copies."""
    return count // DUPLICATE_EVERY


def _person(random: Random, n: int, land: Land, firm: Firm | None, owner: int) -> dict:
    first, last = split(random.choice(land.first)), split(random.choice(land.last))
    domain = firm.domain if firm else f"mail.{land.domain}.example"
    address = f"{_slug(first[1])}.{_slug(last[1])}{n}@{domain}"
    name = f"{last[0]} {first[0]}" if land.east else f"{first[0]} {last[0]}"
    lifecycle = random.choice(("name", "lead", "lead", "contact", "contact"))
    return {
        "external_id": f"demo-p{n}",
        "first_name": first[0],
        "last_name": last[0],
        "display_name": name,
        "title": random.choice(TITLES) if firm else "",
        "company_id": firm.id if firm else None,
        "lifecycle": lifecycle,
        "segment": None if lifecycle == "name" else random.choice(("suspect", "prospect", "qualified")),
        "language": land.language,
        "source": random.choice(SOURCES),
        "owner_id": firm.owner_id if firm else owner,
        "emails": [{"value": address, "is_primary": True}],
        "phones": [{"value": phone(random, land), "is_primary": True}] if random.random() < 0.7 else [],
    }


def _human(world: World, values: dict, firm: Firm | None, originals: list[dict]) -> Maker:
    originals.append(values)

    def make(id: int) -> list[Change]:
        human = Human(id, values["display_name"], firm, values["owner_id"])
        world.people_by_mark[values["external_id"]] = id
        world.humans.append(human)
        if firm:
            world.staff[firm.id].append(human)
        return [Change("person", id, values, "create")]

    return make


def _copy(world: World, n: int, values: dict, random: Random) -> Maker:
    """The same person as somebody else would type it: another spelling, another grouping of the number."""
    again = values | {"external_id": f"demo-p{n}", "lifecycle": "name", "segment": None, "title": ""}
    again["emails"] = [] if random.random() < 0.5 and values["phones"] else [dict(r) for r in values["emails"]]
    again["phones"] = [r | {"value": r["value"].replace(" ", "")} for r in values["phones"]]
    if not again["emails"] or random.random() < 0.5:
        again["display_name"] = again["display_name"].upper()

    def make(id: int) -> list[Change]:
        world.duplicates.append((world.people_by_mark[values["external_id"]], id))
        return [Change("person", id, again, "create")]

    return make


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in fold(text)).strip("-")
