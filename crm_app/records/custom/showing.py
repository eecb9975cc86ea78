"""Which custom fields a viewer sees of one record, and how their values read."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.custom import value_in
from crm_app.identity.policy import decide
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.enforcing import condition_holds
from crm_app.records.custom.facts import computed, inputs_of
from crm_app.records.custom.fields import Definition, as_words, keys_of
from crm_app.records.custom.formula import Empty


def shown_to(
    actor: Principal, known: Kind, definition: Definition, further: Mapping[int, Definition], row: Mapping[Any, Any]
) -> bool:
    """May the actor read it, and is its condition to be shown met?"""
    owner_id = row[known.owner] if known.owner else None
    names = [definition.name, *(inputs_of(definition, further) if definition.is_computed else ())]
    if not all(decide(actor, "read", known.name, owner_id, name).allowed for name in names):
        return False
    return not definition.visible_when or condition_holds(known, further, definition.visible_when, row, actor.zone)


def custom_names(session: Session, actor: Principal, name: str, row: Mapping[Any, Any]) -> list[str]:
    """The custom fields that a page of this record shows to the actor, in their order."""
    known, further = kind(name), definitions(session, name)
    return [d.name for d in further.values() if shown_to(actor, known, d, further, row)]


def empty_words(definition: Definition | None, known: Kind, row: Mapping[Any, Any], session: Session) -> str:
    """Why a formula has no value for this record; nothing where a field that it uses is just not filled in."""
    if definition is None or not definition.is_computed:
        return ""
    value = computed(definition, known, definitions(session, known.name), dict(row))
    return f"Empty: {value.why}." if isinstance(value, Empty) and value.why else ""


def choice_words(definition: Definition, row: Mapping[Any, Any]) -> tuple[str, str]:
    """A choice, or several, as its control takes it and as it reads."""
    held = value_in(row, definition.name)
    raw = ",".join(keys_of(held)) if definition.type == "choices" and held else str(held or "")
    return raw, as_words(definition, held)
