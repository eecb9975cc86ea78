"""Somebody who is there again, as life brings it: by another name, with a slip, another address, number or company."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from crm_app.core.text import fold
from crm_app.demo.scale.grow import Firm, World
from crm_app.demo.scale.lands import LANDS, Land
from crm_app.demo.scale.mailboxes import Mailboxes, local_part
from crm_app.demo.scale.names import Name
from crm_app.demo.scale.slips import slip

Values = dict[str, Any]
TRUNK = frozenset("DE GB FR NL SE TR UA EG JP CN IN".split())  # where a 0 stands before the area
TAIL = 7  # so many digits at the end say that two numbers are one
SEVERAL = ("ES", "DK", "EG")  # where most have several surnames, of which they use one
ONLY_ONE = 0.5  # of address and number


@dataclass
class Original:
    """A person who may be copied; `land` is where they work, the id comes when they are written."""

    values: Values
    name: Name
    land: Land
    firm: Firm | None
    id: int = 0


def copied(world: World, first: Original, boxes: Mailboxes) -> Values:
    """The same person once more: an address, a number, or the whole name with the company, is as it was."""
    random = world.random
    again = first.values | {"lifecycle": "name", "segment": None, "title": "", "addresses": []}
    again["emails"] = [dict(row) for row in again["emails"]]
    again["phones"] = [dict(row) for row in again["phones"]]
    if again["emails"] and again["phones"] and random.random() < ONLY_ONE:
        again[random.choice(("emails", "phones"))] = []
    random.choices(SORTS, cum_weights=SHARES)[0](world, first, again, boxes)
    if not is_enough(first.values, again):
        which = "emails" if first.values["emails"] else "phones"
        again[which] = [dict(row) for row in first.values[which]]
    return again


def is_enough(first: Values, again: Values) -> bool:
    """Is there something by which a copy is known as the same?"""
    if {r["value"] for r in first["emails"]} & {r["value"] for r in again["emails"]}:
        return True
    if {_tail(r["value"]) for r in first["phones"]} & {_tail(r["value"]) for r in again["phones"]}:
        return True
    whole = ("first_name", "last_name", "company_id")
    return first["company_id"] is not None and all(first[name] == again[name] for name in whole)


def _tail(number: str) -> str:
    return "".join(c for c in number if c.isdigit())[-TAIL:]


def _called(again: Values, name: Name, first: str, last: str) -> None:
    again |= {"first_name": first, "last_name": last, "display_name": name.land.shown(first, last)}


def _short(world: World, first: Original, again: Values, _boxes: Mailboxes) -> None:
    """What friends say, an initial, or one of two surnames; in the East the two names in each other's field."""
    name = first.name
    alone = name.first.partition(" ")[0]
    friends = name.land.words.short.get(alone, "")
    if name.land.east:
        _called(again, name, name.last, name.first)
    elif name.land.code in SEVERAL and " " in name.last and (name.land.code == "EG" or world.random.random() < 0.5):
        one, _, two = name.last.partition(" ")
        _called(again, name, name.first, one if name.land.code == "ES" and one[0].isupper() else two)
    elif friends and world.random.random() < 0.6:
        _called(again, name, friends, name.last)
    elif name.land.code == "EG":
        _slipped(world, first, again, _boxes)
    else:
        _called(again, name, f"{alone[0]}.", name.last)


def _slipped(world: World, first: Original, again: Values, _boxes: Mailboxes) -> None:
    """One letter is wrong."""
    name = first.name
    if world.random.random() < 0.65:
        _called(again, name, name.first, slip(world.random, name.last))
    else:
        _called(again, name, slip(world.random, name.first), name.last)


def _readdressed(world: World, first: Original, again: Values, boxes: Mailboxes) -> None:
    """A private address instead of the one at work, the same made in another way, or none."""
    way, plain = world.random.random(), first.name.plain
    if way < 0.35:
        again["emails"] = []
    elif way < 0.7 or first.firm is None:
        private = boxes.give_private(world.random, first.land, *plain)
        again["emails"] = [{"value": private, "is_primary": True, "label": "home"}]
    else:
        other = "f.last" if first.firm.way != "f.last" else "first.last"
        again["emails"] = [{"value": f"{local_part(other, *plain)}@{first.firm.domain}", "is_primary": True}]
    again["phones"] = [dict(row) for row in first.values["phones"]]


def _regrouped(world: World, first: Original, again: Values, _boxes: Mailboxes) -> None:
    """The number as somebody typed it: in groups, or as it is dialled within the country."""
    again["phones"] = [
        row | {"value": _typed(world.random, first.land, row["value"])} for row in first.values["phones"]
    ]


def _typed(random: Random, land: Land, number: str) -> str:
    own = number.removeprefix(land.prefix)
    groups = f"{own[:3]} {own[3:6]} {own[6:]}".strip()
    trunk = "0" if land.code in TRUNK else ""
    if random.random() < 0.4:
        return f"{land.prefix} {groups}"
    if land.code == "US":
        return random.choice((f"({own[:3]}) {own[3:6]}-{own[6:]}", f"{own[:3]}.{own[3:6]}.{own[6:]}", own))
    return random.choice((f"{trunk}{groups}", f"{trunk}{own[:3]}/{own[3:]}", f"00{land.prefix[1:]} {groups}"))


def _moved(world: World, first: Original, again: Values, boxes: Mailboxes) -> None:
    """The company as somebody else typed it, none, or a new one in that country with an address there."""
    firm = first.firm
    twin = world.twins.get(firm.id) if firm else None
    if twin is not None:
        again["company_id"] = twin.id
    elif firm is not None and world.random.random() < 0.5:
        again["company_id"] = None
    elif new := _another(world, first):
        again["company_id"] = new.id
        again["phones"] = [r for r in again["phones"] if first.land.is_mobile(r["value"])]
        if again["phones"]:
            address = boxes.give(new.domain, new.way, *first.name.plain)
            again["emails"] = [{"value": address, "is_primary": True}]


def _another(world: World, first: Original) -> Firm | None:
    """Another company, if a few tries find one in the same country."""
    for firm in world.random.choices(world.firms, k=12) if world.firms else ():
        if LANDS[firm.land] is first.land and firm != first.firm:
            return firm
    return None


def _plain(_world: World, first: Original, again: Values, _boxes: Mailboxes) -> None:
    """Without accents, in Latin letters, or in capitals where there is nothing else to lose."""
    name = first.name
    last = name.latin[1] if name.latin[1] != name.last else _bare(name.last)
    given = name.latin[0] if name.latin[0] != name.first.partition(" ")[0] else _bare(name.first)
    if (given, last) == (name.first, name.last):
        given, last = given.upper(), last.upper()
    _called(again, name, given, last)


def _bare(text: str) -> str:
    plain = fold(text)
    return text if plain == text.lower() else plain.title()


SORTS: tuple[Callable[[World, Original, Values, Mailboxes], None], ...] = (
    _short,
    _slipped,
    _readdressed,
    _regrouped,
    _moved,
    _plain,
)
SHARES = list(accumulate((22, 20, 18, 14, 16, 10)))
