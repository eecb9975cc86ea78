"""Inline edit of one field of one record. A command, it never commits."""

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.errors import Invalid
from crm_app.records.properties import currency_of, typed
from crm_app.records.reading import record_row


def edit_cell(
    session: Session, actor: Principal, name: str, id: int, field_name: str, raw: str, expected: int
) -> Applied:
    """A field from what was typed, on the version that was seen. Raises Invalid, Conflict, Forbidden or NotFound."""
    known = kind(name)
    field = known.by_name.get(field_name)
    if field is None or not field.editable:
        raise Invalid({field_name: "This field cannot be edited here."})
    row = record_row(session, actor, name, id)
    value = typed(field, raw, currency_of(known, field, row), actor)
    return apply(session, actor, Change(name, id, {field_name: value}, expected=expected), source="list")
