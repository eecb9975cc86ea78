"""What holds for a definition itself, whichever way it is changed: a gate of the kind `custom_field`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Context, kind
from crm_app.core.changes.kinds import Kind, Row
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import fold
from crm_app.identity.policy import ROLES
from crm_app.records.custom.definitions import definition_of, definitions
from crm_app.records.custom.facts import circle_of, fields_with_custom, known_fields
from crm_app.records.custom.fields import MOST_OPTIONS, SEARCHED, Definition
from crm_app.records.custom.formula import FormulaError, result_of
from crm_app.records.custom.holding import UNASKABLE
from crm_app.records.custom.patterns import fits, problem_of
from crm_app.records.listing.conditions import condition_of
from crm_app.records.listing.fields import ListField, listed
from crm_app.records.listing.rules import Condition, Group, conditions_in, group_of, op_of

BY_RUN = "The type is changed on the page of fields, which carries the values over."


def definition_gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """What is wrong with a definition, by field."""
    try:
        known = kind(after["kind"])
    except KithError as error:
        return {"kind": error.message}
    new = definition_of(after)
    others = {id: d for id, d in definitions(context.session, known.name).items() if id != new.id}
    wrong = _of_options(after, new) | _of_pattern(new) | _of_roles(after)
    for name in ("required_when", "visible_when"):
        if problem := problem_of_condition(known, others, after[name]):
            wrong[name] = problem
    if new.is_computed:
        wrong |= _of_formula(known, others, new)
    if before is not None and before["kind"] != after["kind"]:
        wrong["kind"] = "A field stays with its kind of record."
    if before is not None and before["type"] != after["type"] and context.source != "bulk" and _is_used(context, new):
        wrong["type"] = BY_RUN
    return wrong


def _of_options(after: Row, new: Definition) -> dict[str, str]:
    if new.type not in ("choice", "choices"):
        return {}
    if not isinstance(after["options"], list) or len(new.options) != len(after["options"]):
        return {"options": "Every option has a key and a name."}
    if not new.options or len(new.options) > MOST_OPTIONS:
        return {"options": f"Write one to {MOST_OPTIONS} options."}
    keys, words = [o.key for o in new.options], [fold(o.label) for o in new.options]
    twice = next((o.label for o, word in zip(new.options, words, strict=True) if words.count(word) > 1), None)
    if twice is not None:
        return {"options": f"{twice} stands there twice."}
    odd = len({fold(k) for k in keys}) != len(keys) or not all(
        k.isascii() and k.isalnum() and len(k) <= 20 for k in keys
    )
    return {"options": "The keys of options are letters and digits, each once."} if odd else {}


def _of_pattern(new: Definition) -> dict[str, str]:
    if not new.pattern or new.type not in SEARCHED:
        return {}
    if problem := problem_of(new.pattern):
        return {"pattern": problem}
    if new.pattern_example and not fits(new.pattern, new.pattern_example):
        return {"pattern_example": "This example does not fit the pattern."}
    if not new.pattern_message and not new.pattern_example:
        return {"pattern_example": "Give an example that fits, or words of your own."}
    return {}


def _of_roles(after: Row) -> dict[str, str]:
    return {
        name: f"There is no such role: {', '.join(unknown)}."
        for name in ("read_roles", "edit_roles")
        if (unknown := [str(r) for r in after[name] if r not in ROLES])
    }


def _of_formula(known: Kind, others: Mapping[int, Definition], new: Definition) -> dict[str, str]:
    usable = dict(others) | {new.id: new}
    if way := circle_of(new, usable):
        return {"formula": circle_words(way)}
    try:
        result = result_of(new.formula, known_fields(known, usable.values()))
    except FormulaError as error:
        return {"formula": error.message}
    return {} if result == new.result else {"result": f"The value of this formula is of the type {result}."}


def circle_words(way: list[Definition]) -> str:
    """`A formula cannot use itself: Margin → Score → Margin.`"""
    return f"A formula cannot use itself: {' → '.join(d.label for d in way)}."


def problem_of_condition(known: Kind, others: Mapping[int, Definition], given: Any) -> str:
    """Why this is no condition on records of the kind; empty where it is one, or none at all."""
    if not given:
        return ""
    fields = fields_with_custom(known, others.values())
    try:
        group = group_of(given)
    except Invalid as error:
        return error.message
    for one in conditions_in(group):
        if problem := _of_condition(fields, one):
            return problem
    return _untried(known, others, group)


def _of_condition(fields: Mapping[str, Any], one: Condition) -> str:
    field = fields.get(one.field)
    if field is None:
        return f"There is no field {one.field!r} to ask for."
    op = op_of(field.type, one.op)
    if op is None or one.op in UNASKABLE:
        return f"{field.label}: this comparison cannot be used here."
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    if field.ref and any(not str(v).isdigit() for v in values if op.arity != "none"):
        return f"{field.label}: name the records themselves here."
    if op.arity not in ("none", "days") and any(v in (None, "") for v in values):
        return f"{field.label}: {op.label} needs a value."
    return ""


def _untried(known: Kind, others: Mapping[int, Definition], group: Group) -> str:
    """The list of the same filter says whether the values can be read."""
    fields = {f.name: ListField(f.name, f.label, f.type, f) for f in known.fields} | {
        d.name: listed(d) for d in others.values()
    }
    try:
        condition_of(known, fields, group, SYSTEM)
    except Invalid as error:
        return error.message
    return ""


def _is_used(context: Context, new: Definition) -> bool:
    table = table_of(kind(new.kind).table)
    query = select(func.count()).where(table.c.custom[str(new.id)].as_string().is_not(None))
    return context.session.connection().execute(query).scalar_one() > 0
