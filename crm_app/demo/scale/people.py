"""People of many countries at companies of very different size, and people who are there twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from crm_app.core.changes import Change
from crm_app.demo.scale.copies import Original, copied
from crm_app.demo.scale.firms import SIZES
from crm_app.demo.scale.grow import Firm, Human, World
from crm_app.demo.scale.lands import LANDS, Land, address, phone, pick_land, ranks
from crm_app.demo.scale.mailboxes import Mailboxes
from crm_app.demo.scale.names import Name, name_of
from crm_app.demo.scale.titles import title_of
from crm_app.demo.words import SOURCES

Maker = Callable[[int], list[Change]]
DUPLICATE_EVERY = 40  # of so many people one is a copy of an earlier one
LOOSE, ABROAD = 0.1, 0.06  # have no company; come from another country than their company
PHONE, NO_MAIL, SWITCHBOARD, LANDLINE, HOME = 0.7, 0.04, 0.05, 0.55, 0.05
POOL = 2000


def people(world: World, count: int) -> Iterator[Maker]:
    """Many work in few companies; one in forty is a copy of an earlier person, written in another way."""
    random, weights = world.random, ranks(len(world.firms), SIZES)
    boxes, known, pool = Mailboxes(), Counter[int](), list[Original]()
    for n in range(count):
        if n % DUPLICATE_EVERY == DUPLICATE_EVERY - 1:
            yield _copy(world, n, pool.pop(random.randrange(len(pool))), boxes)
            continue
        firm = None
        if world.firms and random.random() >= LOOSE:
            firm = random.choices(world.firms, cum_weights=weights)[0]
        made = _original(world, n, firm, boxes, known)
        if len(pool) < POOL:
            pool.append(made)
        else:
            pool[random.randrange(POOL)] = made
        yield _human(world, made)


def _original(world: World, n: int, firm: Firm | None, boxes: Mailboxes, known: Counter[int]) -> Original:
    random = world.random
    home = LANDS[firm.land] if firm else pick_land(random)
    land = home if random.random() >= ABROAD else pick_land(random)
    name = name_of(random, land)
    number = _number(random, home, firm) if random.random() < PHONE else ""
    mail = _mail(random, home, firm, name, boxes) if not number or random.random() >= NO_MAIL else ""
    lifecycle = random.choice(("name", "lead", "lead", "contact", "contact"))
    if lifecycle == "contact" and not (firm and world.contacts_to_come):
        lifecycle = "lead"
    world.contacts_to_come -= lifecycle == "contact"
    title = ""
    if firm:
        title = title_of(random, firm.employees, known[firm.id])
        known[firm.id] += 1
    values: dict[str, Any] = {
        "external_id": f"demo-p{n}",
        "first_name": name.first,
        "last_name": name.last,
        "display_name": name.shown,
        "title": title,
        "company_id": firm.id if firm else None,
        "private": firm is None,
        "lifecycle": lifecycle,
        "segment": None if lifecycle == "name" else random.choice(("suspect", "prospect", "qualified")),
        "language": land.language,
        "source": random.choice(SOURCES),
        "owner_id": firm.owner_id if firm else random.choice(world.owners),
        "emails": [_email(mail, firm)] if mail else [],
        "phones": [{"value": number, "is_primary": True}] if number else [],
    }
    if random.random() < (HOME if firm else 8 * HOME):
        values["addresses"] = [address(random, home, home.words.towns.pick(random)) | {"label": "home"}]
    return Original(values, name, home, firm)


def _mail(random: Random, land: Land, firm: Firm | None, name: Name, boxes: Mailboxes) -> str:
    if firm is None:
        return boxes.give_private(random, land, *name.plain)
    return boxes.give(firm.domain, firm.way, *name.plain)


def _email(value: str, firm: Firm | None) -> dict[str, Any]:
    return {"value": value, "is_primary": True} | ({} if firm else {"label": "home"})


def _number(random: Random, land: Land, firm: Firm | None) -> str:
    """Of the desk, a mobile one, or now and then that of the company."""
    if firm and random.random() < SWITCHBOARD:
        return firm.phone
    return phone(random, land, firm.town if firm and random.random() < LANDLINE else None)


def _human(world: World, made: Original) -> Maker:
    def make(id: int) -> list[Change]:
        made.id = id
        human = Human(id, made.name.shown, made.firm, made.values["owner_id"])
        world.humans.append(human)
        if made.firm:
            world.staff[made.firm.id].append(human)
            if made.values["lifecycle"] == "contact":
                world.contacts.append(human)
        return [Change("person", id, made.values, "create")]

    return make


def _copy(world: World, n: int, first: Original, boxes: Mailboxes) -> Maker:
    again = copied(world, first, boxes) | {"external_id": f"demo-p{n}"}

    def make(id: int) -> list[Change]:
        world.duplicates.append((first.id, id))
        return [Change("person", id, again, "create")]

    return make
