"""A report by its name, and as a file: CSV has the records, XLSX also every table, PDF tables and charts."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from openpyxl import Workbook
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden
from crm_app.core.text import neutral
from crm_app.identity.policy import scope
from crm_app.organisation.queries import find_organisation, letterhead
from crm_app.paper.report import ReportDocument
from crm_app.reports.activity import activity_report
from crm_app.reports.forecast import forecast_report
from crm_app.reports.pipeline import pipeline_report
from crm_app.reports.queries import OBJECT, require
from crm_app.reports.rows import Report, Value
from crm_app.reports.rules import read_wish

Format = Literal["csv", "xlsx"]
REPORTS = {"pipeline": pipeline_report, "forecast": forecast_report, "activity": activity_report}


def build_report(session: Session, actor: Principal, parameters: Mapping[str, str]) -> Report:
    """The report that an address asks for, as this reader sees it. Raises Invalid, Forbidden."""
    wish = read_wish(parameters, clock.today(actor.zone))
    return REPORTS[wish.name](session, actor, wish)


def may_take(actor: Principal, name: str) -> bool:
    """Whether the records may leave in a file: the right to export reaches as far as the right to read."""
    objects = {OBJECT[name], "deal"} if name == "forecast" else {OBJECT[name]}
    reaches = [(scope(actor, "read", obj), scope(actor, "export", obj)) for obj in objects]
    return all(read != "none" and read == taken for read, taken in reaches)


def report_paper(session: Session, actor: Principal, parameters: Mapping[str, str]) -> ReportDocument:
    """The report on the organisation's paper."""
    report = build_report(session, actor, parameters)
    return ReportDocument(
        report.title,
        report.subtitle,
        letterhead(find_organisation(session, actor)),
        clock.today(actor.zone),
        report.headlines,
        report.charts,
        [table.grid for table in report.tables],
        report.notes,
    )


def write_report(session: Session, actor: Principal, parameters: Mapping[str, str], path: Path, form: Format) -> int:
    """Write the file; how many records it has. Raises Invalid, Forbidden."""
    report = build_report(session, actor, parameters)
    require(actor, report.name, "export")
    if not may_take(actor, report.name):
        raise Forbidden("Your role may not take these records with you.")
    if form == "csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows([report.record_columns, *map(_plain, report.records)])
    else:
        _workbook(report).save(path)
    return len(report.records)


def _workbook(report: Report) -> Workbook:
    book = Workbook(write_only=True)
    for table in report.tables:
        sheet = book.create_sheet(table.title)
        for row in (table.columns, *table.rows, table.total):
            sheet.append(_plain(row))
    sheet = book.create_sheet("Records")
    for row in (report.record_columns, *report.records):
        sheet.append(_plain(row))
    return book


def _plain(row: tuple[Value, ...]) -> list[Value]:
    """No cell can become a formula."""
    return [neutral(cell) if isinstance(cell, str) else cell for cell in row]
