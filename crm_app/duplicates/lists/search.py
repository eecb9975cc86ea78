"""Read one or two lists, find who is there twice, and write down the pairs and the groups."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from crm_app.core.errors import Refused
from crm_app.core.reader import numeral
from crm_app.core.text import neutral
from crm_app.duplicates.lists.columns import KNOWN, find_columns, find_id
from crm_app.imports.reading import Source, open_source, read_rows
from search.duplicates.portions import tabulated
from search.duplicates.sweep import Pair, Sweep

LARGEST_MB = 4096
PROBLEMS = 20
SHOWN = 20


@dataclass
class Report:
    """What was read and found; `shown` are the first pairs, with reasons."""

    rows: list[int]
    columns: list[dict[str, str]]
    pairs: int = 0
    clusters: int = 0
    in_clusters: int = 0
    compared: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    unread: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        read = " and ".join(numeral(rows) for rows in self.rows)
        pairs, groups = _many(self.pairs, "pair"), _many(self.clusters, "group")
        lines = [f"{read} rows: {pairs}, {groups} of {numeral(self.in_clusters)} rows."]
        for columns in self.columns:
            lines.append("Compared: " + ", ".join(f"{name} = {header}" for name, header in columns.items()) + ".")
        lines += self.notes
        lines += [f"{p['left']}  {p['right']}  {p['probability']:.4f}  {p['reasons']}" for p in self.shown]
        if self.pairs > len(self.shown):
            lines.append(f"… and {numeral(self.pairs - len(self.shown))} more; --pairs FILE writes all of them.")
        return "\n".join(lines)


def _many(count: int, what: str) -> str:
    return f"{numeral(count)} {what}{'' if count == 1 else 's'}"


class List:
    """A file that is read once: its columns, and the ids and problems that reading brings to light."""

    def __init__(self, path: Path, chosen: Mapping[str, str], id_column: str | None) -> None:
        self.source: Source = open_source(path, KNOWN, LARGEST_MB)
        self.columns = find_columns(self.source.header, chosen)
        self._id = None if id_column is None else find_id(self.source.header, id_column)
        self.ids: list[str] = []
        self.problems: list[str] = []
        self.unread = 0

    def rows(self, fields: Sequence[str]) -> Iterator[list[str]]:
        """The cells of these fields; a row that cannot be read is noted and left out."""
        places = [self.columns.get(name, -1) for name in fields]
        for raw in read_rows(self.source):
            if raw.problem:
                self.unread += 1
                if self.unread <= PROBLEMS:
                    self.problems.append(f"{self.source.path.name}, row {raw.row_no}: {raw.problem}")
                continue
            given = "" if self._id is None else raw.cells[self._id].strip()
            self.ids.append(given or str(raw.row_no))
            yield [raw.cells[at] if at >= 0 else "" for at in places]

    def named(self) -> dict[str, str]:
        return {name: self.source.header[at] for name, at in self.columns.items()}


def dedupe(
    files: Sequence[Path],
    *,
    chosen: Mapping[str, str],
    id_column: str | None = None,
    threshold: float = 0.9,
    pairs_file: Path | None = None,
    clusters_file: Path | None = None,
) -> Report:
    """Find who is in one list twice, or in both of two. Raises Refused in plain words, before anything is written."""
    began = perf_counter()
    for out in filter(None, (pairs_file, clusters_file)):
        _may_write(out, files)
    lists = [List(path, chosen, id_column) for path in files]
    fields = list(dict.fromkeys(name for each in lists for name in each.columns))
    table = tabulated((row for each in lists for row in each.rows(fields)), fields)
    swept = Sweep(table, len(lists[0].ids) if len(lists) == 2 else None, threshold)
    ids = [id for each in lists for id in each.ids]
    report = Report([len(each.ids) for each in lists], [each.named() for each in lists], compared=swept.compared)
    report.unread = sum(each.unread for each in lists)
    report.notes = [note for each in lists for note in (*each.source.notes, *each.problems)]
    _pairs(report, swept, ids, pairs_file)
    _clusters(report, swept, ids, clusters_file)
    report.seconds = round(perf_counter() - began, 2)
    return report


def _may_write(out: Path, files: Sequence[Path]) -> None:
    if any(out.resolve() == path.resolve() for path in files):
        raise Refused(f"{out} is the list itself; it would be overwritten.")
    if out.is_dir() or not out.resolve().parent.is_dir() or not os.access(out.resolve().parent, os.W_OK):
        raise Refused(f"{out} cannot be written: there is no such folder, or it may not be written to.")


def _told(swept: Sweep, ids: Sequence[str]) -> Iterator[tuple[Pair, list[str]]]:
    pairs = list(swept.pairs())
    for pair, why in zip(pairs, swept.reasons(pairs), strict=True):
        yield pair, [ids[pair.left], ids[pair.right], f"{pair.probability:.6f}", why]


def _pairs(report: Report, swept: Sweep, ids: Sequence[str], out: Path | None) -> None:
    def counted() -> Iterator[list[str]]:
        for pair, row in _told(swept, ids):
            report.pairs += 1
            if len(report.shown) < SHOWN:
                probability = round(pair.probability, 6)
                report.shown.append({"left": row[0], "right": row[1], "probability": probability, "reasons": row[3]})
            yield row

    _write(out, ("left", "right", "probability", "reasons"), counted())


def _clusters(report: Report, swept: Sweep, ids: Sequence[str], out: Path | None) -> None:
    groups = swept.clusters()
    report.clusters, report.in_clusters = len(groups), sum(map(len, groups))
    _write(out, ("cluster", "id"), ([str(n), ids[row]] for n, rows in enumerate(groups, 1) for row in rows))


def _write(out: Path | None, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The rows as a CSV file that is there whole or not at all; without a file they are only gone through."""
    if out is None:
        for _ in rows:
            pass
        return
    unfinished = out.with_name(f".{out.name}.part")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            written = csv.writer(file)
            written.writerow(header)
            written.writerows([neutral(cell) for cell in row] for row in rows)
        unfinished.replace(out)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
