"""What the page of quality sends to the browser; everything is formatted for the reader."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tile:
    """One of the five Cs: its percentage, what it says, and where it is explained."""

    key: str
    label: str
    value: str
    note: str
    tone: str = ""
    percent: int = 0


@dataclass(frozen=True)
class Point:
    """One bar of the trend."""

    name: str
    value: str
    percent: int
    words: str


@dataclass(frozen=True)
class RuleRow:
    """One rule: how many records do not keep it, the list of them, and the grid in which they are mended."""

    key: str
    kind: str
    name: str
    count: str
    share: str
    percent: int
    href: str
    fix: str
    weight: str
    tone: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure that opens its records; without an address it is only read."""

    label: str
    value: str
    href: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class GroupRow:
    """An owner, a team, a source, a way in: its score, and what is to be mended by kind."""

    key: str
    name: str
    score: str
    percent: int
    cells: list[Figure] = field(default_factory=list)
    initials: str = ""
    color: str = ""
    href: str = ""


@dataclass(frozen=True)
class EntryRow:
    """Who enters: a team, a role or a person."""

    key: str
    name: str
    members: str
    active: str
    cells: list[Figure] = field(default_factory=list)
    depth: int = 0


@dataclass(frozen=True)
class Choice:
    """One entry of a choice."""

    id: str
    name: str


@dataclass(frozen=True)
class QualityView:
    """The page."""

    as_of: str
    by: str
    measure: str
    whose: str
    who: str
    tiles: list[Tile]
    points: list[Point]
    consistency: list[RuleRow]
    continuity: list[RuleRow]
    centralization: list[RuleRow]
    central: list[Figure]
    control: list[Figure]
    groups: list[GroupRow]
    heads: list[str]
    enterers: list[EntryRow]
    enterer_heads: list[str]
    concentration: str
    people: list[Choice]
    may_set: bool
    is_empty: bool
    review_due: bool = False
    counting: str = ""


@dataclass(frozen=True)
class RuleSetting:
    """A rule as an administrator sets it."""

    key: str
    kind: str
    c: str
    name: str
    weight: int
    days: int
    active: bool
    version: int = 0


@dataclass(frozen=True)
class CheckRow:
    """A check on a schedule, with how its last run ended."""

    id: int
    version: int
    name: str
    what: str
    href: str
    schedule: str
    goes_to: str
    active: bool
    last: str
    tone: str
    found: str
    runs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gap:
    """One thing to mend on a record's own page."""

    key: str
    name: str
    field: str
    weight: int


@dataclass(frozen=True)
class RecordQuality:
    """The score of one record, and what to fix, the heaviest first; -1: it is not looked at."""

    score: int = -1
    tone: str = ""
    gaps: list[Gap] = field(default_factory=list)
