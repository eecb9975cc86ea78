"""What the pages of quotes send to a browser; everything is formatted for the reader."""

from dataclasses import dataclass, field

from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property


@dataclass(frozen=True)
class LineRow:
    """A line: its fields, edited where they stand. `head` is the heading of its section, where a new one begins."""

    id: int
    place: int
    head: Property | None
    name: Property
    description: Property
    quantity: Property
    unit: Property
    price: Property
    discount: Property
    tax: Property
    amount: str
    optional: bool
    counts: bool
    warning: str = ""


@dataclass(frozen=True)
class TotalRow:
    """A row under the lines; `edits` are the fields that it consists of."""

    label: str
    amount: str
    strong: bool = False
    edits: list[Property] = field(default_factory=list)


@dataclass(frozen=True)
class TextRow:
    """A section of text of the proposal."""

    id: int
    heading: Property
    body: Property


@dataclass(frozen=True)
class FileRow:
    """A file on the quote; `sent` when it goes with it."""

    id: int
    name: str
    href: str
    sent: bool


@dataclass(frozen=True)
class VersionRow:
    """A version of the same offer."""

    name: str
    href: str
    note: str
    here: bool


@dataclass(frozen=True)
class Badge:
    """A figure for the seller; tone as for tags."""

    text: str
    tone: str


@dataclass(frozen=True)
class QuotePage:
    """Everything that the page of a quote shows."""

    id: int
    number: str
    title: str
    version: int
    state: str
    state_name: str
    tone: str
    remarks: list[Badge]
    badges: list[Badge]
    lines: list[LineRow]
    totals: list[TotalRow]
    details: list[Property]
    prose: list[Property]
    texts: list[TextRow]
    files: list[FileRow]
    versions: list[VersionRow]
    blocks: list[Option]
    links: int
    approval: str
    editable: bool
    deletable: bool
    may_edit: bool
    may_create: bool
    may_approve: bool
    needs_approval: bool
    may_replace: bool
    may_link: bool
