"""The rules of custom fields inside of every `apply_many`: values, formulas, what is required, what came past."""

from collections.abc import Mapping
from typing import Any

from crm_app.core import clock
from crm_app.core.changes import Applied, Context, kind
from crm_app.core.changes.custom import value_in
from crm_app.core.changes.kinds import Kind, Row
from crm_app.core.changes.step import is_gated
from crm_app.core.errors import Invalid
from crm_app.records.custom.definitions import definitions_in
from crm_app.records.custom.facts import computed, currency_in, fields_with_custom, in_order, kept
from crm_app.records.custom.fields import FIELDED, Definition, checked, is_blank
from crm_app.records.custom.holding import Moment, holds
from crm_app.records.findings import FOR_ITSELF, note
from crm_app.records.listing.rules import group_of

# What these bring was kept before: it comes back as it was.
KEPT_BEFORE = ("undo", "merge")
GONE = "This field does not exist any more."


class CustomRules:
    """Plugged into the backbone by `wire`."""

    def check(
        self, context: Context, known: Kind, before: Mapping[str, Any], given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        """Only what changes is looked at, so that an old value that does not fit stands in nobody's way."""
        definitions = definitions_in(context, known.name)
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        named: dict[str, str] = {}
        for id, value in given.items():
            definition = definitions.get(int(id)) if str(id).isascii() and str(id).isdigit() else None
            if context.source in KEPT_BEFORE:
                if definition is None or not definition.is_computed:
                    found[str(id)] = None if is_blank(value) else value
                continue
            if value == before.get(id) or (is_blank(value) and id not in before):
                continue
            try:
                found[str(id)] = self._checked(definition, value)
            except ValueError as error:
                wrong[f"custom.{id}"] = str(error)
                continue
            if definition is not None and definition.ref and found[str(id)] is not None:
                named[str(id)] = definition.ref
        return found, wrong, named

    def _checked(self, definition: Definition | None, value: Any) -> Any:
        if definition is None:
            raise ValueError(GONE)
        if definition.is_computed:
            raise ValueError(f"{definition.label} is computed by its formula.")
        return checked(definition, value)

    def compute(self, context: Context, known: Kind, row: Row) -> None:
        """Every formula anew; one in a circle has no value."""
        definitions = definitions_in(context, known.name)
        if not any(d.is_computed for d in definitions.values()):
            return
        ordered, circular = in_order(definitions)
        custom = dict(row["custom"])
        row["custom"] = custom
        for definition in circular:
            custom.pop(str(definition.id), None)
        for definition in ordered:
            value = kept(definition, computed(definition, known, definitions, row), currency_in(known, row))
            if value is None:
                custom.pop(str(definition.id), None)
            else:
                custom[str(definition.id)] = value


def custom_gate(name: str):
    """The gate of one kind, registered in `wire` for every kind that has custom fields."""

    def gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
        """What is required and empty: newly empty, or newly required. What was missing anyway may stay so."""
        missing: dict[str, str] = {}
        for definition in definitions_in(context, name).values():
            if not _asks(definition) or not is_blank(value_in(after, definition.name)):
                continue
            if not _is_required(context, name, definition, after):
                continue
            lacked = before is not None and is_blank(value_in(before, definition.name))
            if lacked and before is not None and _is_required(context, name, definition, before):
                continue
            missing[definition.name] = reason_of(definition)
        return missing

    gate.__name__ = f"custom_gate_of_{name}"
    return gate


def reason_of(definition: Definition) -> str:
    """Why a record is not taken without it."""
    return f"{definition.label} is required{'' if definition.required else ' here'}."


def _asks(definition: Definition) -> bool:
    return (definition.required or bool(definition.required_when)) and not definition.is_computed


def _is_required(context: Context, name: str, definition: Definition, row: Row) -> bool:
    """Nobody is asked for what is not shown."""
    if definition.visible_when and not meets(context, name, definition.visible_when, row):
        return False
    return definition.required or meets(context, name, definition.required_when, row)


def meets(context: Context, name: str, condition: Mapping[str, Any], row: Row) -> bool:
    """Does the condition hold for this row? One that cannot be read any more does not."""
    known, definitions = kind(name), definitions_in(context, name)
    return condition_holds(known, definitions, condition, row, context.actor.zone)


def condition_holds(
    known: Kind, definitions: Mapping[int, Definition], condition: Mapping[str, Any], row: Mapping[Any, Any], zone: str
) -> bool:
    """The same, of a row that was read."""
    fields = fields_with_custom(known, definitions.values())
    values = {name: value_in(row, name) for name in fields}
    try:
        return holds(group_of(condition), fields, values, Moment(clock.today(zone), zone, currency_in(known, row)))
    except Invalid:
        return False


def note_custom(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what was required of a record that came past is noted, and forgotten once it is filled."""
    by_kind: dict[str, list[Applied]] = {}
    for done in applied:
        by_kind.setdefault(done.kind, []).append(done)
    for name, those in by_kind.items():
        asking = name in FIELDED and any(_asks(d) for d in definitions_in(context, name).values())
        if asking:
            past = {d.id for d in those if not is_gated(context.source, creating=d.op == "create")}
            note(context, name, (d.id for d in those), past, lambda id, n=name: _lacking(context, n, id), FOR_ITSELF)


def _lacking(context: Context, name: str, id: int) -> dict[str, str]:
    loaded = context.working.get(name, id) if context.working else None
    if loaded is None or loaded.row["deleted_at"] is not None:
        return {}
    return {
        d.name + FOR_ITSELF: reason_of(d)
        for d in definitions_in(context, name).values()
        if _asks(d) and is_blank(value_in(loaded.row, d.name)) and _is_required(context, name, d, loaded.row)
    }
