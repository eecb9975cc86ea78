"""How many records have a field filled: one statement a kind, at night, so that no view scans a table."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import kind
from crm_app.core.changes.kinds import Field
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, today
from crm_app.core.config import settings
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.fields import FIELDED
from crm_app.records.dictionary.wording import plain_fields
from crm_app.tables import FieldFill

fill = table_of(FieldFill)


def count_fills(names: Iterable[str] = FIELDED) -> None:
    """These kinds, each read and written in transactions of its own. Several may do this at once."""
    for name in names:
        counted = db.read_sync(counts_of, name)
        db.write_sync(store, name, counted)


def keep_counted() -> int:
    """Nightly work: each kind once on each day of the organisation, also where an earlier night was broken off.

    Answers with how many were counted.
    """
    due = db.read_sync(_due)
    count_fills(due)
    return len(due)


def _due(session: Session) -> list[str]:
    zone = settings().zone
    query = select(fill.c.kind, func.max(fill.c.as_of).label("latest")).group_by(fill.c.kind)
    latest = {row.kind: row.latest for row in session.connection().execute(query)}
    day = today(zone)
    return [n for n in FIELDED if n not in latest or latest[n].astimezone(ZoneInfo(zone)).date() != day]


def counts_of(session: Session, name: str) -> tuple[dict[str, int], int]:
    """How many of the living records have each field filled, and how many there are."""
    known = kind(name)
    table = table_of(known.table)
    conditions: dict[str, ColumnElement[bool]] = {f.name: _is_filled(table.c[f.name], f) for f in plain_fields(known)}
    for definition in definitions(session, name).values():
        conditions[definition.name] = table.c.custom[str(definition.id)].as_string().is_not(None)
    columns: list[Any] = [func.sum(case((c, 1), else_=0)).label(f"n{i}") for i, c in enumerate(conditions.values())]
    row = session.connection().execute(select(func.count(), *columns).where(table.c.deleted_at.is_(None))).one()
    return {field: int(row[i + 1] or 0) for i, field in enumerate(conditions)}, int(row[0])


def _is_filled(column: Any, field: Field) -> ColumnElement[bool]:
    if field.type in ("text", "longtext", "choice"):
        return and_(column.is_not(None), column != "")
    return column.is_not(None)


def store(session: Session, name: str, counted: tuple[dict[str, int], int]) -> None:
    """The counts of a kind, as of now."""
    counts, total = counted
    at = now()
    session.connection().execute(delete(fill).where(fill.c.kind == name))
    rows = [{"kind": name, "field": f, "filled": n, "total": total, "as_of": at} for f, n in counts.items()]
    if rows:
        session.connection().execute(insert(fill), rows)
