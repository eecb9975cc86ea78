"""What the import page shows of a file and of a report."""

from dataclasses import dataclass

NAMES = {"companies": "Companies", "products": "Products", "users": "Users", "deals": "Deals", "people": "People"}


@dataclass(frozen=True)
class Choice:
    """One entry of a choice."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class ColumnRow:
    """A column of the file and what it becomes: a field, "custom", or nothing."""

    index: int = 0
    header: str = ""
    samples: str = ""
    field: str = ""
    is_guess: bool = False


@dataclass(frozen=True)
class ErrorRow:
    """A refused row, shortened."""

    row_no: int = 0
    reason: str = ""
    raw: str = ""


@dataclass(frozen=True)
class GuessRow:
    """A value that was taken for a similar one."""

    field: str = ""
    given: str = ""
    taken: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Counts:
    """What came of the file; `failed` is why nothing did."""

    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    failed: str = ""


MODES = [
    Choice("both", "Update them, and add the new ones"),
    Choice("create", "Leave them, only add new ones"),
    Choice("update", "Update them, add nothing"),
]
