"""What the import page shows of a file and of a report."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm_app.core.changes import kind as kind_of
from crm_app.core.changes import kinds
from crm_app.core.reader import day_and_time, numeral
from crm_app.imports.history import PastRun, UndoReport
from crm_app.imports.report import ALIKE, LACKING, Absent, ImportReport

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
class AbsentLine:
    """Companies that are not here: how many, whether the user may make them, and what becomes of them either way."""

    count: int = 0
    may: bool = False
    made: str = ""
    left: str = ""


def absent_line(absent: Absent) -> AbsentLine:
    """In the words of the page."""
    return AbsentLine(absent.count, not absent.why_not, absent.say(True), absent.say(False))


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


@dataclass(frozen=True)
class AlikeLine:
    """A row that looks like a record that is there."""

    name: str
    other: str
    reasons: str


@dataclass(frozen=True)
class Shown:
    """Where the records of a file stand now; no path where they have no page."""

    label: str = ""
    path: str = ""


def shown_at(kind: str) -> Shown:
    """The page of a kind, given as the file calls it (`people`) or as the run does (`person`)."""
    found = next((k for k in kinds() if kind in (k.name, k.plural.lower())), None)
    return Shown(f"To the {found.plural.lower()}", found.path) if found else Shown()


def alike_at(report: ImportReport) -> str:
    """The list of those of this import that look alike; empty where nothing was saved or none do."""
    if not report.likenesses or report.batch_id is None:
        return ""
    return f"/duplicates?kind={report.likenesses[0].kind}&batch={report.batch_id}"


MODES = [
    Choice("both", "Update them, and add the new ones"),
    Choice("create", "Leave them, only add new ones"),
    Choice("update", "Update them, add nothing"),
]

LIKELY = [
    Choice("create", "Add them; they wait under Duplicates"),
    Choice("leave", "Leave them out, with the reason"),
    Choice("update", "Update the record they look like"),
]


@dataclass(frozen=True)
class RunRow:
    """A past run, as the list shows it."""

    id: int = 0
    kind: str = ""
    file_name: str = ""
    who: str = ""
    day: str = ""
    status: str = ""
    counts: str = ""
    refused: int = 0
    can_resume: bool = False
    can_undo: bool = False


def run_row(run: PastRun, zone: str) -> RunRow:
    """A run in the words of the page."""
    numbers = ("created", "updated", "unchanged", "refused")
    counts = ", ".join(f"{numeral(getattr(run, n))} {n}" for n in numbers if getattr(run, n)) or "no rows"
    began = run.started_at.astimezone(ZoneInfo(zone))
    day = day_and_time(began)
    kind = run.kind.capitalize()
    return RunRow(
        run.id, kind, run.file_name, run.who, day, run.status, counts, run.refused, run.can_resume, run.can_undo
    )


def remarks_of(report: ImportReport) -> list[str]:
    """What is to be said of a report besides its counts."""
    brought = [(n, kind_of(name)) for name, n in report.also_created.items() if n]
    also = [f"Also created: {numeral(n)} {(kind.label if n == 1 else kind.plural).lower()}." for n, kind in brought]
    unknown = [f"Kept as custom fields: {', '.join(report.unknown_columns)}."] if report.unknown_columns else []
    stopped = {
        "cancelled": ["The import was cancelled; the rows before stay."],
        "broken off": ["The import was broken off; the rows before stay. It can be resumed."],
        "undone": ["This import was undone."],
    }.get(report.status, [])
    lacking = [LACKING.format(numeral(report.lacking))] if report.lacking else []
    alike = [ALIKE.format(numeral(report.alike))] if report.alike else []
    return [*stopped, *report.notes, *also, *unknown, *report.on_likely(), *lacking, *alike]


def undo_remarks(report: UndoReport) -> list[str]:
    """What an undo has to say."""
    if report.status == "cancelled":
        return ["The undo was cancelled. What was taken back stays so; the rest can be undone later."]
    return [f"Kept: {line}" for line in report.kept]
