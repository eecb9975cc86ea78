"""A record that is here already is used instead of a new one, and takes what it lacks. Commands never commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, Children, Kind, apply, kind
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.duplicates.meeting.rows import Fill, Offer
from crm_app.identity.policy import decide
from crm_app.records.address import path_of
from crm_app.records.create.service import EMAIL_WORDS, catalogue_field, is_email, label_of
from crm_app.records.listing.fields import fields_of
from crm_app.records.properties import ref_name, typed, written
from crm_app.records.reading import record_row

EMPTY: tuple[Any, ...] = (None, "")


def offer(session: Session, actor: Principal, name: str, id: int, values: Mapping[str, str]) -> Offer:
    """The record and what it lacks of these values of a form. Raises NotFound for one that the actor may not see."""
    known = kind(name)
    row = record_row(session, actor, name, id)
    fills = [
        Fill(path, label_of(known, path), _shown(session, actor, known, path, value))
        for path, value in _lacking(session, actor, known, row, values).items()
    ]
    return Offer(kind=name, id=id, name=str(row[known.title] or "Untitled"), url=path_of(name, id), fills=fills)


def fill_in(session: Session, actor: Principal, name: str, id: int, values: Mapping[str, str]) -> Applied | None:
    """Give the record what it lacks of these values; what it has stays. None where it lacks nothing.

    Raises NotFound, Forbidden, or Invalid under the names of the form.
    """
    known = kind(name)
    row = record_row(session, actor, name, id)
    lacking = _lacking(session, actor, known, row, values)
    wrong = {path: EMAIL_WORDS for path, value in lacking.items() if path == "emails.value" and not is_email(value)}
    if wrong:
        raise Invalid(wrong)
    wanted: dict[str, Any] = {}
    for path, value in lacking.items():
        part, _, column = path.partition(".")
        wanted[part] = _joined(session, known.child_by_name[part], id, column, value) if column else value
    return apply(session, actor, Change(name, id, wanted, expected=row["version"])) if wanted else None


def _lacking(
    session: Session, actor: Principal, known: Kind, row: Mapping[Any, Any], values: Mapping[str, str]
) -> dict[str, Any]:
    """The values, as they are kept, that the record has not and that this actor may give it."""
    owner = row[known.owner] if known.owner else None
    if not decide(actor, "edit", known.name, owner, record_id=row["id"]).allowed:
        return {}
    readable, found = fields_of(session, actor, known.name), {}
    for path in (p for p in known.form if values.get(p, "").strip()):
        part, _, column = path.partition(".")
        if not decide(actor, "edit", known.name, owner, part).allowed:
            continue
        try:
            value = typed(catalogue_field(known, path), values[path], settings().currency, actor)
        except Invalid:
            continue  # what cannot be kept is not offered; the form says why when it is saved
        if column:
            children = known.child_by_name[part]
            rows = _rows(session, children, row["id"])
            there = {str(r[column]).casefold() for r in rows} | {children.sameness(r) for r in rows}
            like = {f.name: "" for f in children.fields} | {column: value}
            if len(rows) < children.cap and not there & {str(value).casefold(), children.sameness(like)}:
                found[path] = value
        elif path in readable and row[path] in EMPTY and value not in EMPTY:
            found[path] = value
    return found


def _rows(session: Session, children: Children, id: int) -> list[dict[str, Any]]:
    table = table_of(children.table)
    query = select(table).where(table.c[children.parent] == id, *(table.c[k] == v for k, v in children.fixed.items()))
    rows = session.connection().execute(query.order_by(table.c.position, table.c.id)).mappings()
    return [{n: row[n] for n in ("id", "position", *(f.name for f in children.fields))} for row in rows]


def _joined(session: Session, children: Children, id: int, column: str, value: Any) -> list[dict[str, Any]]:
    """The rows that are there, and one more; the first is the primary one."""
    rows = _rows(session, children, id)
    first = {"is_primary": not rows} if "is_primary" in children.by_name else {}
    return [*rows, {column: value} | first]


def _shown(session: Session, actor: Principal, known: Kind, path: str, value: Any) -> str:
    field = catalogue_field(known, path)
    title = ref_name(session, field, value) if field.ref else ""
    return written(field, value, settings().currency, actor, title)[1]
