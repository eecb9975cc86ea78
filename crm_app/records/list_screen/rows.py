"""What the screen of a list gets from the server."""

from dataclasses import dataclass, field

from crm_app.records.listing import Chip, GroupHead, ListColumn, ListRow


@dataclass(frozen=True)
class May:
    """What the viewer may do with records of this kind; a hint for the buttons, never authority."""

    create: bool = False
    edit: bool = False
    mass_edit: bool = False
    delete: bool = False
    export: bool = False
    merge: bool = False
    save_views: bool = False
    role_views: bool = False


@dataclass(frozen=True)
class Screen:
    """A list as it opens; a new `n` puts it in force. `asked` are the parameters of the address that it answers.

    `since` is a number from before it was read: a push with a later one may tell of what is not in it yet.

    `query` is the whole list as parameters, for the links to its records and its export. `changed`: the list is not
    as its view (or the catalogue) has it.
    """

    n: int = 0
    since: int = 0
    kind: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    error: str = ""
    columns: list[ListColumn] = field(default_factory=list)
    rows: list[ListRow] = field(default_factory=list)
    count: int = 0
    more: bool = False
    groups: list[GroupHead] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    filter: str = ""
    names: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    group: str = ""
    fold: str = ""
    view: int = 0
    changed: bool = False
    query: str = ""
    may: May = field(default_factory=May)


@dataclass(frozen=True)
class MoreRows:
    """More rows of the list with this number; n grows with each answer.

    After a scroll they follow what is there. As an answer to "how are these now?" (`gone` is not None) they replace the
    rows of the same id, and those in `gone` are in the list no more.
    """

    n: int = 0
    screen: int = 0
    rows: list[ListRow] = field(default_factory=list)
    more: bool = False
    gone: list[int] | None = None


@dataclass(frozen=True)
class CellAnswer:
    """How the last inline save ended; n grows with each, an empty error means saved.

    After a conflict `theirs` is what stands there now, and `version` what to name when it shall be overwritten.
    """

    n: int = 0
    id: int = 0
    field: str = ""
    error: str = ""
    row: ListRow | None = None
    theirs: str = ""
    version: int = 0
    clash: bool = False
