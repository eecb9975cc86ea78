"""A CSV file as it comes: its encoding, its delimiter, its header, and its rows one by one."""

import codecs
import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from crm_app.core.errors import Refused
from crm_app.core.reader import numeral
from crm_app.core.text import fold, literal

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 50
MOST_COLUMNS = 500
CELL_LIMIT = 1_000_000
LONGEST_ROW = 4_000_000  # characters; a row is taken apart in memory, and there each cell takes much more
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BINARIES = {
    b"PK\x03\x04": "This is an Excel workbook or an archive; please save it as CSV.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook; please save it as CSV.",
    b"%PDF": "This is a PDF, not a CSV file.",
}


@dataclass(frozen=True)
class Source:
    """A file that can be read: how, and its header."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_row: int = 1
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Raw:
    """A row as it stands in the file, of one far too wide its beginning; `problem` says why it cannot be read."""

    row_no: int
    cells: list[str]
    problem: str = ""


def squeeze(text: str) -> str:
    """A header or a name without case, accents, spaces and punctuation: `GTX Pro`, `gtx-pro` and `GTXPro` are one."""
    return "".join(c for c in fold(text) if c.isalnum())


def open_source(path: Path, known: Collection[str], limit_mb: int) -> Source:
    """Find out how to read the file; `known` are squeezed headers that mean something. Raises Refused."""
    try:
        size = path.stat().st_size
    except OSError:
        raise Refused(f"There is no file {path.name}.") from None
    if not path.is_file():
        raise Refused(f"{path.name} is not a file.")
    if size > limit_mb * 1024 * 1024:
        raise Refused(
            f"This file has {numeral(round(size / 1024 / 1024))} MB; at most {limit_mb} MB can be imported at once."
        )
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    if not start.strip():
        raise Refused("This file is empty.")
    for magic, reason in BINARIES.items():
        if start.startswith(magic):
            raise Refused(reason)
    encoding = detect_encoding(path, start)
    delimiter, header, header_row = _sniff(path, encoding, known)
    notes = [] if encoding in ("utf-8", "utf-8-sig") else [f"The file is not UTF-8; it was read as {encoding}."]
    return Source(path, encoding, delimiter, header, header_row, notes)


def detect_encoding(path: Path, start: bytes) -> str:
    """By its mark, else UTF-8 if the whole file is, else what the bytes look like. Raises Refused for binary data."""
    for mark, name in BOMS:
        if start.startswith(mark):
            return _checked(path, name)
    if b"\x00" in start:
        raise Refused("This is not a text file (it contains zero bytes).")
    bad = _first_bad_byte(path)
    if bad is None:
        return "utf-8"
    with path.open("rb") as file:
        file.seek(max(0, bad - SAMPLE_BYTES // 8))
        best = from_bytes(file.read(SAMPLE_BYTES // 4)).best()
    found = best.encoding if best else "cp1252"
    # Single-byte code pages are nearly alike; what most spreadsheets write is the likeliest of them.
    candidates = ("cp1252", "latin-1") if found.startswith(("cp125", "latin", "iso8859", "mac")) else (found, "cp1252")
    for name in candidates:
        if _first_bad_byte(path, name) is None:
            return name
    return "latin-1"


def _checked(path: Path, encoding: str) -> str:
    if _first_bad_byte(path, encoding) is not None:
        raise Refused(f"This file says that it is {encoding.removesuffix('-sig').upper()}, but it is damaged.")
    return encoding


def _first_bad_byte(path: Path, encoding: str = "utf-8") -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return position + error.start
            position += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return position
    return None


def _sniff(path: Path, encoding: str, known: Collection[str]) -> tuple[str, tuple[str, ...], int]:
    """The delimiter under which most headers are known, then the one under which the rows are equally long."""
    best: tuple[tuple[int, float, int], str, list[str], int] | None = None
    for delimiter in DELIMITERS:
        rows = [r for _, r in zip(range(SAMPLE_ROWS), _records(path, encoding, delimiter), strict=False)]
        if rows and rows[0].problem and not rows[0].cells:
            raise Refused(f"This file has no header. {rows[0].problem}")
        rows = [r for r in rows if r.cells]
        if not rows:
            continue
        header = [c.strip() for c in rows[0].cells]
        recognised = sum(squeeze(c) in known for c in header)
        same = sum(len(r.cells) == len(header) for r in rows) / len(rows) if len(header) > 1 else 0.0
        score = (recognised, same, len(header))
        if best is None or score > best[0]:
            best = (score, delimiter, header, rows[0].row_no)
    if best is None:
        raise Refused("This file has no header.")
    if len(best[2]) > MOST_COLUMNS:
        raise Refused(f"This file has more than {MOST_COLUMNS} columns, the most that can be imported.")
    return best[1], _named(best[2]), best[3]


def _named(header: list[str]) -> tuple[str, ...]:
    """Every column has a name of its own."""
    names: list[str] = []
    for n, given in enumerate(header, 1):
        name, again = given or f"Column {n}", 2
        while name in names:
            name, again = f"{given or f'Column {n}'} ({again})", again + 1
        names.append(name)
    return tuple(names)


class _Lines:
    """The lines of a file for one row after the other. Raises csv.Error, and goes on behind a line, where one is long.

    A row in quotes may have many lines, and a file may have no end of a line.
    """

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.taken = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(LONGEST_ROW + 1 - self.taken)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken <= LONGEST_ROW:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self.file.readline(LONGEST_ROW)
        raise csv.Error(f"it has more than {numeral(LONGEST_ROW)} characters")


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Raw]:
    """Every record with its number, 1 for the first; an empty one has no cells."""
    csv.field_size_limit(CELL_LIMIT)
    with path.open(encoding=encoding, newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        row_no = 0
        while True:
            row_no, lines.taken = row_no + 1, 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Raw(row_no, [], f"The row cannot be read: {error}.")
                continue
            if not any(c.strip() for c in cells):
                yield Raw(row_no, [])
            elif len(cells) > MOST_COLUMNS:
                kept = [literal(c) for c in cells[: MOST_COLUMNS + 1]]
                yield Raw(
                    row_no, kept, f"The row has {numeral(len(cells))} cells; at most {MOST_COLUMNS} can be imported."
                )
            else:
                yield Raw(row_no, [literal(c) for c in cells])


def read_rows(source: Source) -> Iterator[Raw]:
    """The rows after the header; empty ones are left out, and a row of another length is a problem."""
    width = len(source.header)
    for raw in _records(source.path, source.encoding, source.delimiter):
        if raw.row_no <= source.header_row or not (raw.cells or raw.problem):
            continue
        if raw.cells and not raw.problem and len(raw.cells) != width:
            reason = f"The row has {len(raw.cells)} cells, the header has {width}."
            yield Raw(raw.row_no, raw.cells, reason)
        else:
            yield raw
