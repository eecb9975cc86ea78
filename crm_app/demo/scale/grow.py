"""Companies, people, deals and activities in chunks, each the base of the next; all of it comes from one seed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.working import table_of
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Refused
from crm_app.demo.marks import DEMO, is_seeded, mark_seeded
from crm_app.demo.scale.lands import Town
from crm_app.migrations.indexes import left_out
from crm_app.tables import Product, Stage, User
from crm_app.territories.queries.reading import ordered_territories
from crm_app.territories.rules.matching import Rules

CHUNK = 8000  # large, so that the many indexes are written once for many records
NOTE, GROWN = "Larger demo: ", "The larger demo is complete"
FIRST_DEALS = 0.5  # of the deals: each is with another contact; the others are with anybody
FILLED, WORTH = ("activity", "change_log"), 50_000  # what grows most, and from how many activities on it is worth it
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How many records of each kind are added."""

    people: int = 0
    companies: int = 0
    deals: int = 0
    activities: int = 0
    seed: int = 7

    @property
    def total(self) -> int:
        """All of them."""
        return self.people + self.companies + self.deals + self.activities


@dataclass(frozen=True, slots=True)
class Firm:
    """A company as what follows needs it; `way` is how its addresses are made, `employees` how large it is."""

    id: int
    name: str
    domain: str
    land: int
    town: Town
    phone: str
    way: str
    employees: int
    owner_id: int


@dataclass(frozen=True, slots=True)
class Human:
    """A person as what follows needs it."""

    id: int
    name: str
    firm: Firm | None
    owner_id: int


@dataclass(frozen=True, slots=True)
class Story:
    """A deal as its activities need it."""

    id: int
    title: str
    human: Human | None
    firm: Firm
    owner_id: int
    opened: datetime
    ended: datetime
    is_open: bool


@dataclass
class World:
    """What is there already, and what has been made so far."""

    random: Random
    today: date
    owners: list[int]
    stages: list[Any]
    products: list[Any]
    territories: Sequence[Rules] = ()
    contacts_to_come: int = 0  # of people: a contact has a deal, so no more than there will be
    firms: list[Firm] = field(default_factory=list)
    humans: list[Human] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    contacts: list[Human] = field(default_factory=list)
    staff: dict[int, list[Human]] = field(default_factory=lambda: defaultdict(list))
    twins: dict[int, Firm] = field(default_factory=dict)  # companies that are there twice, by the first
    duplicates: list[tuple[int, int]] = field(default_factory=list)
    company_duplicates: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Grown:
    """What was made; `duplicates` are pairs of people who are one, the first and its copy, and so of companies."""

    companies: int
    people: int
    deals: int
    activities: int
    duplicates: list[tuple[int, int]]
    company_duplicates: list[tuple[int, int]]


def grow(sizes: Sizes, today: date, tell: Tell = lambda _line: None) -> Grown:
    """Add the records. Raises Refused where the demo itself is missing, on whose sellers and stages they lean."""
    from crm_app.demo.scale.activities import activities
    from crm_app.demo.scale.aims import renew_aims, widen_territories
    from crm_app.demo.scale.deals import deals
    from crm_app.demo.scale.firms import companies
    from crm_app.demo.scale.people import people

    world = db.read_sync(_world, sizes.seed, today)
    db.write_sync(widen_territories)
    world.territories = db.read_sync(ordered_territories).rules
    world.contacts_to_come = int(sizes.deals * FIRST_DEALS)
    wishes: dict[str, Iterator[Callable[[int], list[Change]]]] = {
        "companies": companies(world, sizes.companies),
        "people": people(world, sizes.people),
        "deals": deals(world, sizes.deals),
        "activities": activities(world, sizes.activities),
    }
    for name, makers in wishes.items():
        aside = left_out(FILLED) if name == "activities" and sizes.activities >= WORTH else nullcontext()
        with db.in_bulk(), aside:
            count = _write(name, makers)
        tell(f"{count:,} {name}")
    tell(f"{renew_aims(today):,} snapshots of the forecast anew")
    db.write_sync(mark_seeded, GROWN)
    made = (sizes.companies, sizes.people, sizes.deals, sizes.activities)
    return Grown(*made, world.duplicates, world.company_duplicates)


def _write(name: str, makers: Iterator[Callable[[int], list[Change]]]) -> int:
    """Each maker turns a fresh id into the changes of one record; a chunk is one transaction, a kind one batch."""
    batch_id = db.write_sync(open_batch, SYSTEM, DEMO, note=NOTE + name)
    total = 0
    while True:
        asked = list(islice(makers, CHUNK))
        if not asked:
            return total

        def work(session: Session, asked=asked) -> None:
            changes = [c for make, id in zip(asked, allocate_ids(session, len(asked)), strict=True) for c in make(id)]
            apply_many(session, SYSTEM, changes, source=DEMO, batch_id=batch_id)

        db.write_sync(work)
        total += len(asked)


def _world(session: Session, seed: int, today: date) -> World:
    execute = session.connection().execute
    user, stage, product = table_of(User), table_of(Stage), table_of(Product)
    sellers = select(user.c.id).where(user.c.role == "sales", user.c.deleted_at.is_(None)).order_by(user.c.id)
    owners = list(execute(sellers).scalars())
    stages = list(execute(select(stage).where(stage.c.deleted_at.is_(None)).order_by(stage.c.position)).mappings())
    products = list(execute(select(product).where(product.c.deleted_at.is_(None)).order_by(product.c.id)).mappings())
    if not (owners and stages and products):
        raise Refused("There are no sellers, stages and products yet. Load the demo first.")
    return World(Random(seed), today, owners, stages, products)


def is_grown(session: Session) -> bool:
    """Has the demo been made larger before, to the end, and was it not taken away since?"""
    return is_seeded(session, GROWN)


def is_half_grown(session: Session) -> bool:
    """Was a load of the larger demo broken off? It cannot go on where it stood: what comes leans on what was drawn."""
    return is_seeded(session, NOTE + "companies") and not is_grown(session)
