"""The fields of a record as formulas and conditions see them: those of the catalogue, and the custom ones."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.core.changes.custom import value_in
from crm_app.core.changes.kinds import MERGED, Field, Kind, Row
from crm_app.core.config import settings
from crm_app.core.money import to_major, to_minor
from crm_app.records.custom.fields import Definition, as_words, is_blank, number_as_json
from crm_app.records.custom.formula import Empty, Known, evaluate
from crm_app.records.custom.formula.checking import READ_AS
from crm_app.records.custom.formula.evaluating import Value
from crm_app.records.custom.formula.grammar import FormulaError, fields_in

Definitions = Mapping[int, Definition]


def fields_with_custom(known: Kind, definitions: Iterable[Definition]) -> dict[str, Field]:
    """What a condition or a formula can name."""
    plain = {f.name: f for f in known.fields if f.type in READ_AS and f.name != MERGED}
    return plain | {d.name: d.field for d in definitions}


def known_fields(known: Kind, definitions: Iterable[Definition]) -> dict[str, Known]:
    """Their types in a formula."""
    return {n: Known(f.label, READ_AS[f.type]) for n, f in fields_with_custom(known, definitions).items()}


def currency_in(known: Kind, row: Mapping[Any, Any]) -> str:
    """In which currency the amounts of a record are: its own, or the organisation's."""
    return (row.get("currency") if "currency" in known.by_name else "") or settings().currency


def facts_of(known: Kind, definitions: Definitions, row: Row, names: Iterable[str]) -> dict[str, Any]:
    """Values for a formula: amounts in major units, choices by their label, instants as days."""
    fields = {d.name: d for d in definitions.values()}
    found: dict[str, Any] = {}
    for name in names:
        value = value_in(row, name)
        if is_blank(value):
            continue
        definition = fields.get(name)
        field = definition.field if definition else known.by_name.get(name)
        if field is not None:
            found[name] = _fact(known, field, definition, value, row)
    return found


def _fact(known: Kind, field: Field, definition: Definition | None, value: Any, row: Row) -> Any:
    if field.type == "money":
        return to_major(int(value), currency_in(known, row))
    if field.type in ("int", "float", "decimal"):
        return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings().zone)).date()
    if field.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if field.type == "choice" and definition is None:
        text = str(value)
        return text[:1].upper() + text[1:].replace("_", " ")
    if field.type == "ref":
        return True
    return as_words(definition, value) if definition and field.type in ("choice", "choices") else value


def computed(definition: Definition, known: Kind, definitions: Definitions, row: Row) -> Value:
    """The value of a formula for a row, and a word why where there is none."""
    try:
        names = fields_in(definition.formula)
    except FormulaError as error:
        return Empty(error.message)
    return evaluate(definition.formula, facts_of(known, definitions, row, names))


def kept(definition: Definition, value: Value, currency: str) -> Any:
    """A computed value as JSON keeps it; None for nothing, or for what the field cannot hold since it changed."""
    if isinstance(value, Empty):
        return None
    if definition.result == "money":
        return to_minor(value, currency) if isinstance(value, Decimal) else None
    if definition.result == "float":
        return number_as_json(value) if isinstance(value, Decimal) else None
    if definition.result == "date":
        return value.isoformat() if isinstance(value, date) else None
    if definition.result == "bool":
        return value if isinstance(value, bool) else None
    return (value or None) if isinstance(value, str) else None


def uses(definition: Definition) -> set[int]:
    """The custom fields that a formula names."""
    if not definition.is_computed:
        return set()
    try:
        names = fields_in(definition.formula)
    except FormulaError:
        return set()
    return {int(n.removeprefix("custom.")) for n in names if n.startswith("custom.") and n[7:].isdigit()}


def in_order(definitions: Definitions) -> tuple[list[Definition], list[Definition]]:
    """Formulas, each behind those that it uses; and those of a circle, which have no order."""
    left = {id: uses(d) & definitions.keys() for id, d in definitions.items() if d.is_computed}
    ordered: list[Definition] = []
    while ready := [id for id, needs in left.items() if not needs & left.keys()]:
        ordered += [definitions[id] for id in ready]
        left = {id: needs for id, needs in left.items() if id not in ready}
    return ordered, [definitions[id] for id in left]


def circle_of(start: Definition, definitions: Definitions) -> list[Definition]:
    """The way from a formula back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[int] = set()
    while ways:
        way = ways.pop(0)
        for id in sorted(uses(way[-1]) & {*definitions, start.id}):
            if id == start.id:
                return [*way, start]
            if id not in seen:
                seen.add(id)
                ways.append([*way, definitions[id]])
    return []


def depending_on(changed: set[int], definitions: Definitions) -> list[Definition]:
    """The formulas that use one of these, directly or through others."""
    known = set(changed)
    while more := {id for id, d in definitions.items() if id not in known and uses(d) & known}:
        known |= more
    return [d for id, d in definitions.items() if id in known and id not in changed]


def inputs_of(definition: Definition, definitions: Definitions) -> list[str]:
    """The names of all fields that a formula uses, directly or through others."""
    found: dict[str, None] = {}
    left = [definition]
    while left:
        try:
            names = fields_in(left.pop().formula) - found.keys()
        except FormulaError:
            continue
        found |= dict.fromkeys(sorted(names))
        left += [d for d in definitions.values() if d.name in names and d.is_computed]
    return list(found)
