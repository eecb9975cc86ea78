"""What the work list sends to the browser; everything is formatted for the reader."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One of the records of a group."""

    id: int
    title: str
    owner: str
    href: str
    initials: str
    tint: int


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A field or a collection in which they differ: what each has, in the order of the members."""

    label: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Records that may be one; `more` are not shown, `merge_href` leads to their merge, `why_not` says why not."""

    key: str
    title: str
    ids: list[int]
    words: str
    tone: str
    percent: str
    reasons: list[str]
    members: list[MemberRow]
    lines: list[DiffRow]
    alike: int
    more: int = 0
    merge_href: str = ""
    why_not: str = ""
    bulk: bool = False


@dataclass(frozen=True)
class WorkPage:
    """A page of the list, and what was said of it; `swept` says when all were compared, and when again."""

    kind: str = "person"
    plural: str = "people"
    whose: str = "all"
    batch: int = 0
    of: int = 0
    groups: list[GroupRow] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    count: int = 0
    swept: str = ""
    may_check: bool = False
    may_bulk: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What would become of one group."""

    key: str
    text: str
    moves: str
    refused: str = ""


@dataclass(frozen=True)
class Plan:
    """What would become of the chosen groups."""

    groups: int = 0
    refused: int = 0
    moves: int = 0
    rows: list[PlannedRow] = field(default_factory=list)
