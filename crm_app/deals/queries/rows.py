"""The rows that leave the server for the deal screens; everything is formatted for the reader."""

from dataclasses import dataclass

from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board."""

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
    version: int


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its totals and its first cards; sums are of all its deals, not of those shown."""

    id: str
    name: str
    kind: str
    probability: int
    count: int
    total: str
    weighted: str
    cards: list[Card]
    more: bool


@dataclass(frozen=True)
class Summary:
    """All open deals of the board."""

    count: int
    total: str
    weighted: str


@dataclass(frozen=True)
class Board:
    """One pipeline as the actor may see it."""

    pipelines: list[Option]
    pipeline_id: int | None
    columns: list[Column]
    summary: Summary
    owners: list[Option]


@dataclass(frozen=True)
class StageOption:
    """A stage that a deal can be moved to."""

    id: int
    name: str
    kind: str


@dataclass(frozen=True)
class AskedFields:
    """The fields of a deal that a stage misses."""

    deal: str
    fields: list[Property]


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
class DealPage:
    """Everything that the page of a deal shows."""

    id: int
    title: str
    version: int
    stage_id: int
    stages: list[StageOption]
    properties: list[Property]
    company: RelatedCard | None
    person: RelatedCard | None
    lines: list[Line]
    sum: str
    editable: bool
    deletable: bool
