"""Companies of very different size, and some that are there twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from crm_app.core.changes import Change
from crm_app.demo.scale.grow import Firm, World
from crm_app.demo.scale.lands import LANDS, Land, Town, address, phone, pick_land
from crm_app.demo.scale.naming import FirmName, Register, formed
from crm_app.demo.scale.slips import slip
from crm_app.territories.rules.matching import Firm as Site
from crm_app.territories.rules.matching import Spot, find_territory

Maker = Callable[[int], list[Change]]
TWICE_EVERY = 50  # of so many companies one is a copy of an earlier one
SIZES = 9.0  # the larger, the more alike in size; of ten thousand companies the largest has a seventieth of all people
LARGEST = 90_000
POOL = 500
WAYS = ("first.last",) * 5 + ("f.last",) * 2 + ("flast",) * 2 + ("firstlast", "last", "first_last")
SMALL_WAYS = (*WAYS, "first", "first", "first", "first")
SMALL = 25


@dataclass
class Original:
    """A company that may be copied; the id comes when it is written."""

    values: dict[str, Any]
    name: FirmName
    firm: Firm
    id: int = 0


def companies(world: World, count: int) -> Iterator[Maker]:
    """The first are the largest; one in fifty is a copy of an earlier one, written in another way."""
    register, pool = Register(), list[Original]()
    for n in range(count):
        if n % TWICE_EVERY == TWICE_EVERY - 1:
            yield _copy(world, n, pool.pop(world.random.randrange(len(pool))))
            continue
        made = _original(world, n, register)
        if len(pool) < POOL:
            pool.append(made)
        else:
            pool[world.random.randrange(POOL)] = made
        yield _firm(world, made)


def _original(world: World, n: int, register: Register) -> Original:
    random = world.random
    land = pick_land(random)
    town = land.words.towns.pick(random)
    name = register.name(random, land, town)
    employees = max(3, int(LARGEST / (n + SIZES) * random.uniform(0.7, 1.4)))
    number = phone(random, land, town)
    domain, owner = f"{name.slug}.example", random.choice(world.owners)
    values = {
        "external_id": f"demo-c{n}",
        "name": name.full,
        "kind": random.choice(("customer", "prospect", "prospect", "partner")),
        "industry": name.industry,
        "country": land.name,
        "domain": domain,
        "phone": number,
        "employees": employees,
        "owner_id": owner,
        "addresses": [address(random, land, town)],
    }
    way = random.choice(SMALL_WAYS if employees < SMALL else WAYS)
    return Original(values, name, Firm(0, name.core, domain, LANDS.index(land), town, number, way, employees, owner))


def _firm(world: World, made: Original) -> Maker:
    def make(id: int) -> list[Change]:
        made.id = id
        world.firms.append(replace(made.firm, id=id))
        return [Change("company", id, _placed(world, made.values), "create")]

    return make


def _copy(world: World, n: int, first: Original) -> Maker:
    """The same company as somebody else typed it; of domain, number and address one at least is the same."""
    random = world.random
    again = first.values | {"external_id": f"demo-c{n}", "kind": "prospect", "employees": None}
    again["name"] = _written(random, first, LANDS[first.firm.land])
    again["owner_id"] = random.choice(world.owners)
    kept = random.choice(("domain", "domain", "phone", "addresses"))
    for name, blank in (("domain", ""), ("phone", ""), ("addresses", []), ("industry", "")):
        if name != kept and random.random() < 0.4:
            again[name] = blank
    if kept != "addresses" and again["addresses"] and random.random() < 0.3:
        again["addresses"] = [address(random, LANDS[first.firm.land], _other_town(random, first))]

    def make(id: int) -> list[Change]:
        world.twins[first.id] = replace(first.firm, id=id)
        world.company_duplicates.append((first.id, id))
        return [Change("company", id, _placed(world, again), "create")]

    return make


def _placed(world: World, values: dict[str, Any]) -> dict[str, Any]:
    """With the territory to which the company belongs."""
    spots = (Spot(values["country"]), *(Spot(place["country"], place["postcode"]) for place in values["addresses"]))
    match = find_territory(Site(0, values["industry"], values["employees"], spots), world.territories)
    return values | {"territory_id": match.territory_id if match else None}


def _written(random: Random, first: Original, land: Land) -> str:
    """Another legal form or none, capitals, a slip, or as it was."""
    name, forms = first.name, [form for form in land.forms if form != first.name.form]
    way = random.choice(("bare", "bare", "form", "form", "slip", "capitals", "same"))
    if way == "bare" and name.form:
        return name.core
    if way == "form" and forms:
        return formed(land, name.core, random.choice(forms))
    if way == "slip":
        return formed(land, slip(random, name.core), name.form)
    return name.full.upper() if way == "capitals" else name.full


def _other_town(random: Random, first: Original) -> Town:
    """It has moved."""
    return LANDS[first.firm.land].words.towns.pick(random)
