"""The rows that leave the server for the deal screens; everything is formatted for the reader."""

import dataclasses
from dataclasses import dataclass, field

from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board; `key` is its place in the order as rising numbers, `lane` the lane it stands in."""

    id: int
    title: str
    company: str
    person: str
    value: str
    estimate: bool
    owner: str
    initials: str
    color: str
    step: str
    tone: str
    rotten: bool
    closes: str
    version: int
    key: list[float | None]
    lane: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its totals and its first cards; sums are of all its deals, not of those shown.

    `beside` is what has no rate and stands beside the sum, `note` says so; `age` is the average in days; `limit` is
    how many deals of everybody the stage holds well, 0 for any number.
    """

    id: str
    name: str
    kind: str
    color: str
    limit: int
    probability: int
    count: int
    total: str
    weighted: str
    beside: str
    note: str
    age: int | None
    cards: list[Card]
    more: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """An owner or a team, with the number of their deals on the board."""

    id: str
    name: str
    count: int
    initials: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The deals of one lane in one stage."""

    id: str
    stage: str
    lane: str
    count: int
    cards: list[Card]
    more: bool


@dataclass(frozen=True)
class Summary:
    """All open deals of the board."""

    count: int
    total: str
    weighted: str
    beside: str = ""
    note: str = ""


@dataclass(frozen=True)
class Board:
    """One pipeline as the actor may see it."""

    pipelines: list[Option]
    pipeline_id: int | None
    columns: list[Column]
    summary: Summary
    owners: list[Option]
    lanes: list[Lane] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    every_lane: int = 0


@dataclass(frozen=True)
class PathStep:
    """A stage at the top of a deal's page: `mark` is `on`, `done` or empty, `days` those spent in it."""

    id: int
    name: str
    kind: str
    mark: str
    days: str
    hint: str
    probability: int


@dataclass(frozen=True)
class StageStay:
    """One stay in a stage, for reading; the last one of a closed deal has no days."""

    stage: str
    came_from: str
    since: str
    who: str
    days: str


@dataclass(frozen=True)
class AskedFields:
    """The fields of a deal that a stage misses, those it offers besides, and competitors that were named before."""

    deal: str
    fields: list[Property]
    stage: str = ""
    offered: list[Property] = dataclasses.field(default_factory=list)
    competitors: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class RelatedCard:
    """A related record in a few lines."""

    id: int
    name: str
    lines: list[str]


@dataclass(frozen=True)
class Line:
    """A product in a deal: its three fields, edited like properties, and quantity × unit price."""

    id: int
    name: str
    product: Property
    quantity: Property
    unit: Property
    total: str


@dataclass(frozen=True)
class DealPerson:
    """Who has a part in a deal: `row` is 0 and the role empty for a main contact without one."""

    row: int
    person_id: int
    name: str
    href: str
    note: str
    initials: str
    tint: int
    role: str
    is_main: bool


@dataclass(frozen=True)
class Competitor:
    """Who else bids: the note is edited like a property."""

    id: int
    name: str
    status: str
    note: Property


@dataclass(frozen=True)
class RelatedDeal:
    """An earlier or later deal, or one that was split; `how` says which."""

    id: int
    how: str
    title: str
    value: str
    note: str
    tone: str


@dataclass(frozen=True)
class DealPage:
    """Everything that the page of a deal shows."""

    id: int
    title: str
    version: int
    stage_id: int
    kind: str
    probability: int
    value: str
    path: list[PathStep]
    stays: list[StageStay]
    properties: list[Property]
    company: RelatedCard | None
    people: list[DealPerson]
    competitors: list[Competitor]
    related: list[RelatedDeal]
    lines: list[Line]
    sum: str
    editable: bool
    deletable: bool
    may_clone: bool
    splittable: bool
    missing: str = ""
