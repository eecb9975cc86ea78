"""Which custom fields the dialog shows and demands for what was typed so far: the rules that a save is held to."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.values import defaults
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.records.create.rows import Conditions
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.enforcing import condition_holds
from crm_app.records.custom.fields import Definition, checked
from crm_app.records.properties import typed, typed_any

Definitions = Mapping[int, Definition]


def conditions_now(session: Session, actor: Principal, name: str, values: Mapping[str, str], n: int) -> Conditions:
    """For the texts of the dialog; what cannot be read yet counts as empty. `n` is the question's number."""
    further = definitions(session, name)
    hidden, required = asked_of(actor, kind(name), further, row_of(actor, kind(name), further, values))
    return Conditions(n, name, hidden, required)


def is_conditional(definition: Definition) -> bool:
    """Does it depend on other fields whether it is shown or demanded?"""
    return bool(definition.visible_when or definition.required_when)


def asked_of(
    actor: Principal, known: Kind, further: Definitions, row: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """The fields that are not shown for this row, and those that are demanded. Nobody is asked for what is hidden."""

    def holds(condition: Mapping[str, Any]) -> bool:
        return condition_holds(known, further, condition, row, actor.zone)

    asked = [d for d in further.values() if not d.is_computed]
    hidden = [d.name for d in asked if d.visible_when and not holds(d.visible_when)]
    demanded = [d for d in asked if d.required or (d.required_when and holds(d.required_when))]
    return hidden, [d.name for d in demanded if d.name not in hidden]


def row_of(actor: Principal, known: Kind, further: Definitions, values: Mapping[str, str]) -> dict[str, Any]:
    """The row that a save would begin with."""
    row: dict[str, Any] = {**defaults(known.table), "custom": {}}
    currency = settings().currency
    for definition in further.values():
        raw = values.get(definition.name, "")
        try:
            value = checked(definition, typed_any(definition.field, raw, currency, actor)) if raw.strip() else None
        except (Invalid, ValueError):
            value = None
        if value is not None:
            row["custom"][str(definition.id)] = value
    for field in known.fields:
        if raw := values.get(field.name, "").strip():
            try:
                row[field.name] = typed(field, raw, currency, actor)
            except Invalid:
                row[field.name] = None
    return row
