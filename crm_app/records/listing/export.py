"""Exactly what a list shows, as CSV or XLSX: the same filter, order and columns; no cell can become a formula."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from sqlalchemy import and_
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden
from crm_app.core.money import to_major
from crm_app.core.text import neutral
from crm_app.identity.policy import may
from crm_app.records.custom.fields import keys_of
from crm_app.records.listing.cells import BETWEEN_TAGS, Shown, choice_label, shown_columns
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.listing import Listing
from crm_app.records.listing.order import write_key
from crm_app.records.listing.page import rows_behind, wanted

CHUNK = 1000
EARLIEST = 1901
WIDTH = 20  # characters of a column of a workbook: a moment, a name or an address can be read at once
Format = Literal["csv", "xlsx"]


def export_rows(session: Session, actor: Principal, listing: Listing, ids: Sequence[int] = ()) -> Iterator[list[Any]]:
    """The header, then every record (with `ids`: of these) that the actor may export. Raises Forbidden, Invalid."""
    if not may(actor, f"{listing.kind}.export"):
        raise Forbidden("Your role may not export these.")
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    where = wanted(known, fields, listing, actor, "export")
    if ids:
        where = and_(where, table_of(known.table).c.id.in_(ids))
    shown = shown_columns(known, fields, listing.columns)
    zone = ZoneInfo(actor.zone)
    yield [one.field.label for one in shown]
    after = ""
    while found := rows_behind(session, known, fields, listing, where, shown, after, CHUNK):
        yield from ([_plain(one, row, zone) for one in shown] for row in found)
        if len(found) < CHUNK:
            return
        keys = sorted((n for n in found[-1] if n[0] == "k" and n[1:].isdigit()), key=lambda n: int(n[1:]))
        after = write_key([found[-1][n] for n in keys])


def _plain(one: Shown, row: Any, zone: ZoneInfo) -> Any:
    """A value as a spreadsheet takes it: numbers as numbers, days as days, references by their title."""
    value, field = row[f"v{one.number}"], one.field
    if value is None:
        return ""
    if field.type == "tags":
        return ", ".join(str(value).split(BETWEEN_TAGS))
    if field.ref and field.children is None:
        return row[f"t{one.number}"] or ""
    if field.type == "money":
        currency = row[f"c{one.number}"] if len(one.columns) > 1 else ""
        return to_major(int(value), currency or settings().currency)
    if field.custom and field.type in ("choice", "choices"):
        return "; ".join(choice_label(field, v) for v in (keys_of(value) if field.type == "choices" else [value]))
    if field.custom and isinstance(value, float):
        return int(value) if value == int(value) else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(zone)
    return date.fromisoformat(value) if field.type == "date" and isinstance(value, str) else value


def write_export(
    session: Session, actor: Principal, listing: Listing, path: Path, form: Format, ids: Sequence[int] = ()
) -> int:
    """Write the file and answer with the number of records in it. Raises Forbidden, Invalid."""
    rows = (_neutral(row) for row in export_rows(session, actor, listing, ids))
    return _csv(rows, path) if form == "csv" else _xlsx(rows, path, kind(listing.kind).plural)


def _neutral(row: list[Any]) -> list[Any]:
    return [neutral(cell) if isinstance(cell, str) else cell for cell in row]


def _csv(rows: Iterator[list[Any]], path: Path) -> int:
    count = -1
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([_day_text(cell) for cell in row])
            count += 1
    return count


def _day_text(cell: Any) -> Any:
    """A day as ISO text."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else cell


def _day_cell(cell: Any) -> Any:
    """A day that can be sorted and counted with; a workbook knows no zones and nothing before 1900."""
    if not isinstance(cell, date) or cell.year < EARLIEST:
        return _day_text(cell)
    return cell.replace(second=0, microsecond=0, tzinfo=None) if isinstance(cell, datetime) else cell


def _xlsx(rows: Iterator[list[Any]], path: Path, title: str) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.sheet_format.defaultColWidth = WIDTH
    count = -1
    for row in rows:
        sheet.append([_day_cell(cell) for cell in row])
        count += 1
    book.save(path)
    return count
