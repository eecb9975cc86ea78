"""What an import says about a file: before it (the columns) and after it (the counts, the guesses, the refusals)."""

from dataclasses import asdict, dataclass, field
from typing import Any

from crm_app.core.reader import numeral

SHOWN_ERRORS = 1000
SHOWN_LINES = 20
ALIKE = "{} look like somebody or something that is here already; they wait under Duplicates."
TAKEN = "{} rows were taken for a record that they most likely mean."
LEFT = "{} rows were left out because they look like somebody or something that is here already."
LACKING = "{} lack something that their stage asks for; it stands on their pages."


@dataclass(frozen=True)
class Column:
    """A column of the file and where it goes; `field` is empty where it is skipped, `custom` for a custom field."""

    header: str
    field: str
    label: str
    samples: list[str]
    is_guess: bool = False


@dataclass(frozen=True)
class Target:
    """Somewhere a column may go."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    type: str = "text"
    required: bool = False


@dataclass(frozen=True)
class Absent:
    """Companies that a file names and that are not here; `is_most`: or fewer. `why_not`: the user may not make them."""

    count: int = 0
    is_most: bool = False
    why_not: str = ""

    def say(self, is_made: bool) -> str:
        """What becomes of them."""
        one = self.count == 1
        number = f"{'Up to ' if self.is_most else ''}{numeral(self.count)} {'company' if one else 'companies'}"
        if is_made and not self.why_not:
            return f"{number} will be created."
        why = f" {self.why_not}" if self.why_not else ""
        return f"{number} {'is' if one else 'are'} not here; rows that name {'it' if one else 'them'} are refused.{why}"


@dataclass(frozen=True)
class Inspection:
    """What is in a file; `problems` say why it cannot be imported as it stands."""

    columns: list[Column]
    encoding: str
    delimiter: str
    rows: int
    problems: list[str]
    notes: list[str] = field(default_factory=list)
    absent: Absent = Absent()


@dataclass(frozen=True)
class Guess:
    """A value that was taken for a similar one, and how often."""

    field: str
    given: str
    taken: str
    rows: int = 1


@dataclass(frozen=True)
class RowError:
    """A refused row, as it stood."""

    row_no: int
    reason: str
    raw: list[str]


@dataclass(frozen=True)
class Alike:
    """Two records that look alike, one of them from the import, and why."""

    kind: str
    name: str
    other: str
    reasons: str


@dataclass
class ImportReport:
    """What came of an import. `also_created` counts what the rows brought along: teams, stages, fields, companies.

    `lacking` counts the records that came past a gate and lack what it would have asked for, `alike` those that look
    like a record that is there; `taken` counts the rows that were taken for the record that they most likely mean, and
    `left` those of the refused ones that were left out because they look like one, as was asked.
    """

    kind: str
    file: str = ""
    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    taken: int = 0
    left: int = 0
    lacking: int = 0
    alike: int = 0
    likenesses: list[Alike] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    also_created: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    dry_run: bool = False
    status: str = "done"
    run_id: int | None = None
    batch_id: int | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Everything in the file is in the database, but for rows that were to be left out."""
        return not self.problems and self.refused == self.left and self.status == "done"

    def on_likely(self) -> list[str]:
        """What became of rows that look like a record that is here."""
        return [words.format(numeral(n)) for words, n in ((TAKEN, self.taken), (LEFT, self.left)) if n]

    def __str__(self) -> str:
        numbers = {n: getattr(self, n) for n in ("created", "updated", "unchanged", "refused")}
        counts = ", ".join(f"{numeral(number)} {name}" for name, number in numbers.items())
        lines = [
            f"{self.file}: {numeral(self.total)} rows: {counts} ({self.seconds:.1f} s)",
            *self.problems,
            *self.notes,
        ]
        lines += [f"  {g.field}: {g.given!r} was taken for {g.taken!r} ({numeral(g.rows)} rows)" for g in self.guesses]
        lines += [f"  kept as custom fields: {', '.join(self.unknown_columns)}"] if self.unknown_columns else []
        lines += [f"  {line}" for line in self.on_likely()]
        lines += [f"  {LACKING.format(numeral(self.lacking))}"] if self.lacking else []
        lines += [f"  {ALIKE.format(numeral(self.alike))}"] if self.alike else []
        lines += [f"    {one.name} looks like {one.other}: {one.reasons}" for one in self.likenesses]
        lines += [f"  row {e.row_no}: {e.reason}" for e in self.errors[:SHOWN_LINES]]
        more = self.refused - SHOWN_LINES if self.errors else 0
        return "\n".join(lines + ([f"  … and {numeral(more)} more"] if more > 0 else []))

    def to_json(self) -> dict[str, Any]:
        """The report as plain values; at most `SHOWN_ERRORS` refusals, the rest is in the CSV of the run."""
        return asdict(self) | {"errors": [asdict(e) for e in self.errors[:SHOWN_ERRORS]], "ok": self.ok}
