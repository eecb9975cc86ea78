"""The rows that the page of a record sends to the browser; everything is formatted for the reader."""

import dataclasses
from dataclasses import dataclass

from crm_app.records.dictionary.rows import NO_HELP, Help
from crm_app.records.listing.rows import Option


@dataclass(frozen=True, slots=True)
class Property:
    """A field of the record: as displayed, and as typed."""

    field: str
    label: str
    value: str = ""
    raw: str = ""
    type: str = "text"
    editable: bool = False
    choices: list[Option] = dataclasses.field(default_factory=list)
    href: str = ""
    ref: str = ""
    initials: str = ""
    color: str = ""
    tone: str = ""
    help: Help = NO_HELP
    vocabulary: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PartField:
    """One field of a part, such as the street of an address; `type` is that of its input."""

    name: str
    label: str
    choices: list[str] = dataclasses.field(default_factory=list)
    type: str = "text"
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One e-mail, phone or address."""

    id: int
    text: str
    note: str
    href: str
    primary: bool
    values: dict[str, str]
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A collection of parts that is edited where it stands."""

    name: str
    label: str
    one: str
    fields: list[PartField]
    rows: list[PartRow]
    has_primary: bool
    editable: bool
    room: bool = True


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag on the record."""

    id: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth a look, said beside the name of a record."""

    text: str
    href: str
    tone: str = ""


@dataclass(frozen=True)
class RecordPage:
    """Everything that the left column shows."""

    kind: str
    id: int
    version: int
    title: str
    subtitle: str
    initials: str
    tint: int
    badges: list[Property]
    properties: list[Property]
    parts: list[Parts]
    tags: list[TagRow]
    may_edit: bool
    may_delete: bool
    may_merge: bool = False
    hints: list[Hint] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A reason, and the figure or sign that stands before it."""

    figure: str
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """One related record; `level` indents it, `part` is the row to remove where the relation is a part.

    `told` are reasons under it; those that are asked for more seldom wait `folded` behind the words of `fold`.
    """

    id: int
    title: str
    href: str
    aside: str = ""
    lines: list[str] = dataclasses.field(default_factory=list)
    tone: str = ""
    level: int = 0
    part: int = 0
    here: bool = False
    told: list[Told] = dataclasses.field(default_factory=list)
    fold: str = ""
    folded: list[Told] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Panel:
    """A group of related records; `adds` names what can be added (empty: nothing), `fill` what it begins with."""

    name: str
    label: str
    note: str = ""
    rows: list[Related] = dataclasses.field(default_factory=list)
    empty: str = ""
    adds: str = ""
    action: str = ""
    fill: dict[str, str] = dataclasses.field(default_factory=dict)
