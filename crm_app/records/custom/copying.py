"""What of the custom values of one record another one that is made of it can be given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import decide
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.fields import Definition, checked
from crm_app.records.reading import may_see


def copied(session: Session, actor: Principal, kind_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Not of a formula, of a field that was put away or that the actor may not edit, nor what is not taken any more."""
    known = definitions(session, kind_name)
    found = {}
    for id, value in values.items():
        definition = known.get(int(id))
        if definition is not None and not definition.is_computed and _may(session, actor, kind_name, definition, value):
            found[id] = value
    return found


def _may(session: Session, actor: Principal, kind_name: str, definition: Definition, value: Any) -> bool:
    if not decide(actor, "edit", kind_name, actor.id, definition.name).allowed:
        return False
    try:
        kept = checked(definition, value)
    except ValueError:
        return False
    if not definition.ref:
        return True
    target = kind(definition.ref)
    table = table_of(target.table)
    query = select(table.c.id).where(table.c.id == kept, table.c.deleted_at.is_(None), may_see(actor, target))
    return session.connection().execute(query).first() is not None
