"""Commands of custom fields: add, change, put away, bring back, order. They never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many, kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.core.text import fold
from crm_app.identity.policy import may
from crm_app.records.custom.converting import converted, refused
from crm_app.records.custom.defining import circle_words
from crm_app.records.custom.definitions import choices_of, definition_of, definitions
from crm_app.records.custom.facts import circle_of, fields_with_custom, known_fields, uses
from crm_app.records.custom.fields import FIELDED, Choice, Definition, key_for, keys_of
from crm_app.records.custom.formula import FormulaError, result_of, with_names
from crm_app.records.custom.runs import start_carrying
from crm_app.records.custom.writing import options_of, values_of
from crm_app.records.listing.rules import conditions_in, group_of
from crm_app.tables import CustomField

field = table_of(CustomField)
EXAMPLES = 3


@dataclass(frozen=True)
class Saved:
    """A field as it was saved: its id, and the run that carries values over, if there is one."""

    id: int
    batch_id: int
    run_id: int = 0


def add_field(session: Session, actor: Principal, given: Mapping[str, str]) -> Saved:
    """A new field, in force at once. Raises Invalid, Forbidden."""
    _may(actor, "create")
    values = values_of(given, None)
    if values["kind"] not in FIELDED:
        raise Invalid({"kind": "Choose what the field belongs to."})
    others = definitions(session, values["kind"], archived=True)
    _free_label(session, values["kind"], values["label"], 0)
    values["key"] = key_for(values["label"], (d.key for d in others.values()))
    values["position"] = len(others)
    if values["type"] in ("choice", "choices"):
        values["options"] = options_of(given, ())
    if values["type"] == "formula":
        values |= formula_of(session, values["kind"], 0, values["label"], given.get("formula", ""))
    done = apply(session, actor, Change("custom_field", set=values, op="create"))
    return Saved(done.id, done.batch_id)


def save_field(session: Session, actor: Principal, id: int, given: Mapping[str, str], expected: int | None) -> Saved:
    """Another definition. Values that must become others are carried over by a run, which one Undo takes back.

    Raises Invalid (`goes.o1` for an option in use that needs a place to go), Refused, Conflict, Forbidden, NotFound.
    """
    _may(actor, "edit")
    old, version = living(session, id)
    values = values_of(given, old)
    _free_label(session, old.kind, values["label"], id)
    moves: dict[str, str | None] = {}
    if values["type"] in ("choice", "choices"):
        used = used_options(session, old) if old.type in ("choice", "choices") else {}
        values["options"] = _options(session, old, given, used)
        moves = _moves(old, choices_of(values["options"]), given, used)
    if values["type"] == "formula":
        values |= formula_of(session, old.kind, id, values["label"], given.get("formula", ""))
    carries = bool(moves)
    if old.type != values["type"]:
        carries = _convertible(session, old, values) or carries
    if not carries:
        done = apply(session, actor, Change("custom_field", id, values, expected=expected))
        return Saved(id, done.batch_id)
    if expected is not None and expected != version:
        raise Refused("Somebody changed this field meanwhile. Close this and look again.")
    return Saved(id, 0, start_carrying(session, actor, old, values, moves))


def archive_field(session: Session, actor: Principal, id: int) -> Applied:
    """Put away: it is shown and asked nowhere, its values stay. Raises Refused with what uses it."""
    old, _ = living(session, id)
    users = users_of(session, old)
    if users:
        raise Refused(f"{old.label} is used by {', '.join(users)}. Change that first.", users)
    return apply(session, actor, Change("custom_field", id, op="delete"))


def restore_field(session: Session, actor: Principal, id: int) -> Applied:
    """Bring a field back with all its values. Raises Refused where its place was taken."""
    row = session.connection().execute(select(field).where(field.c.id == id)).mappings().first()
    if row is None or row["deleted_at"] is None:
        raise NotFound("This field is not put away.")
    _free_label(session, row["kind"], row["label"], id)
    return apply(session, actor, Change("custom_field", id, op="restore"))


def move_field(session: Session, actor: Principal, id: int, step: int) -> None:
    """One place up (-1) or down (1) among the fields of its kind."""
    old, _ = living(session, id)
    ids = list(definitions(session, old.kind))
    at = ids.index(id)
    ids.insert(max(0, min(len(ids) - 1, at + step)), ids.pop(at))
    apply_many(session, actor, [Change("custom_field", one, {"position": n}) for n, one in enumerate(ids)])


def living(session: Session, id: int) -> tuple[Definition, int]:
    """A definition in force and its version. Raises NotFound."""
    query = select(field).where(field.c.id == id, field.c.deleted_at.is_(None))
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound("This field was put away meanwhile.")
    return definition_of(row), row["version"]


def formula_of(session: Session, name: str, id: int, label: str, text: str) -> dict[str, Any]:
    """The formula as it is kept, and the type of its value. Raises Invalid under `formula`."""
    known, others = kind(name), definitions(session, name)
    usable = {i: d for i, d in others.items() if i != id}
    own = {others[id].name: label} if id in others else {}
    labels = {n: f.label for n, f in fields_with_custom(known, usable.values()).items()} | own
    try:
        kept = with_names(text, labels)
        trial = Definition(id, name, "", label, "formula", formula=kept)
        if way := circle_of(trial, usable | {id: trial}):
            raise FormulaError(circle_words(way))
        result = result_of(kept, known_fields(known, usable.values()))
    except FormulaError as error:
        raise Invalid({"formula": error.message}) from None
    return {"formula": kept, "result": result}


def users_of(session: Session, definition: Definition) -> list[str]:
    """The fields whose formula or condition names this one."""
    found = []
    for other in definitions(session, definition.kind).values():
        conditions = [group_of(c) for c in (other.required_when, other.visible_when) if c]
        named = {c.field for group in conditions for c in conditions_in(group)}
        if other.id != definition.id and (definition.id in uses(other) or definition.name in named):
            found.append(other.label)
    return found


def used_options(session: Session, definition: Definition) -> dict[str, int]:
    """How many records hold each option; counted by the database."""
    table = table_of(kind(definition.kind).table)
    held = table.c.custom[str(definition.id)].as_string()
    query = select(held, func.count()).where(held.is_not(None), table.c.deleted_at.is_(None)).group_by(held)
    found: dict[str, int] = {}
    for value, count in session.connection().execute(query):
        for key in keys_of(value) if definition.type == "choices" else [value]:
            found[key] = found.get(key, 0) + count
    return found


def _options(
    session: Session, old: Definition, given: Mapping[str, str], used: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Those of the dialog; what was a text brings its words along where none are written."""
    made = options_of(given, old.options, used)
    if made or old.type in ("choice", "choices"):
        return made
    table = table_of(kind(old.kind).table)
    held = table.c.custom[str(old.id)].as_string()
    query = select(held).where(held.is_not(None), table.c.deleted_at.is_(None)).group_by(held).order_by(held).limit(51)
    words = {fold(w): " ".join(str(w).split()) for w in session.connection().execute(query).scalars()}
    if len(words) > 50:
        raise Invalid({"type": "There are more than 50 different values: too many for a choice."})
    return options_of({"more": "\n".join(words.values())}, ())


def _moves(
    old: Definition, new: tuple[Choice, ...], given: Mapping[str, str], used: Mapping[str, int]
) -> dict[str, str | None]:
    """Where the values of removed options go. Raises Invalid for each that is in use and has no place."""
    kept, found, wrong = {o.key for o in new}, dict[str, str | None](), dict[str, str]()
    for option in old.options:
        count = used.get(option.key, 0)
        if option.key in kept or not count:
            continue
        to = given.get(f"goes.{option.key}", "")
        if to == "-" or to in kept:
            found[option.key] = None if to == "-" else to
        else:
            records = "1 record has" if count == 1 else f"{numeral(count)} records have"
            wrong[f"goes.{option.key}"] = f"{records} {option.label}. Where does it go?"
    if wrong:
        raise Invalid(wrong)
    return found


def _convertible(session: Session, old: Definition, values: Mapping[str, Any]) -> bool:
    """Are there values to carry over? Raises Invalid where one of them would be lost."""
    table = table_of(kind(old.kind).table)
    held = table.c.custom[str(old.id)]
    text = held.as_string()
    query = select(text, func.min(table.c.id)).where(text.is_not(None), table.c.deleted_at.is_(None)).group_by(text)
    found = session.connection().execute(query.limit(1)).first() is not None
    if not found:
        return False
    if why := refused(old.type, values["type"]):
        raise Invalid({"type": why})
    options = choices_of(values.get("options"))
    new = Definition(old.id, old.kind, old.key, values["label"], values["type"], options=options)
    for stored, example in session.connection().execute(query.order_by(text)):
        try:
            converted(old, new, _stored(old, stored))
        except ValueError as error:
            title = session.connection().execute(select(table.c[kind(old.kind).title]).where(table.c.id == example))
            raise Invalid({"type": f"This would lose values, such as that of {title.scalar()}: {error}"}) from None
    return True


def _stored(old: Definition, text: Any) -> Any:
    """A value as JSON holds it, from the text that SQL gives."""
    if old.type in ("int", "float"):
        return float(text) if old.type == "float" else int(float(text))
    if old.type == "bool":
        return text in (True, 1, "true", "1")
    return keys_of(text) if old.type == "choices" else str(text)


def _free_label(session: Session, name: str, label: str, id: int) -> None:
    taken = [d.label for d in definitions(session, name).values() if d.id != id]
    taken += [f.label for f in kind(name).fields if f.type != "json"]
    if any(fold(label) == fold(one) for one in taken):
        raise Invalid({"label": f"There is a field {label} already."})


def _may(actor: Principal, action: str) -> None:
    if not may(actor, f"custom_field.{action}"):
        raise Forbidden("Only an administrator changes the fields.")
