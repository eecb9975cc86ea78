"""The rows that a list sends to the browser; everything is formatted for the reader."""

from dataclasses import dataclass, field

from crm_app.records.dictionary.rows import NO_HELP, Help


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a choice."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one record: as shown, and as it is typed when edited in place."""

    text: str = ""
    raw: str = ""
    tone: str = ""
    href: str = ""
    initials: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One record; `key` is its place in the order, from which the next page begins."""

    id: int
    version: int
    title: str
    href: str
    editable: bool
    cells: list[Cell]
    key: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column that is shown."""

    name: str
    label: str
    type: str
    sortable: bool = False
    editable: bool = False
    numeric: bool = False
    choices: list[Option] = field(default_factory=list)
    ref: str = ""
    help: Help = NO_HELP


@dataclass(frozen=True, slots=True)
class GroupHead:
    """A group of a list with the number of all its records."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """Up to 50 records, the exact count of all, and whether more follow."""

    columns: list[ListColumn]
    rows: list[ListRow]
    count: int
    more: bool
    groups: list[GroupHead] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The records before and after one in a list, and its place (from 1); position 0: not in the list any more."""

    previous: int | None
    next: int | None
    position: int
    count: int


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field that can be filtered by, shown, sorted by or grouped by."""

    name: str
    label: str
    type: str
    filterable: bool
    sortable: bool
    groupable: bool
    editable: bool
    choices: list[Option] = field(default_factory=list)
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition of a filter in words; `path` finds it: the indexes of the groups down to it, joined by dots."""

    path: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view."""

    id: int
    name: str
    audience: str
    mine: bool
    owner: str
    version: int
    parameters: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    role: str = ""
