"""What the page of fields shows: the fields of a kind, one field in its dialog, and a formula on real records."""

import json
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.core.money import format_money
from crm_app.identity.policy import ROLE_NAMES, ROLES
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import computed, currency_in, fields_with_custom, kept
from crm_app.records.custom.fields import FIELDED, TYPES, Definition
from crm_app.records.custom.formula import Empty, with_labels
from crm_app.records.custom.formula.evaluating import as_text
from crm_app.records.custom.service import EXAMPLES, formula_of, living
from crm_app.records.custom.writing import option_text
from crm_app.records.listing.choices import field_choices, filter_names
from crm_app.records.listing.conditions import is_relative
from crm_app.records.listing.listing import Listing
from crm_app.records.listing.rows import FieldChoice, Option
from crm_app.records.listing.rules import group_of
from crm_app.records.reading import may_see
from crm_app.tables import CustomField, User

table, user = table_of(CustomField), table_of(User)


@dataclass(frozen=True)
class FieldRow:
    """A field in the list of its kind."""

    id: int = 0
    label: str = ""
    type: str = ""
    notes: str = ""
    help: str = ""


@dataclass(frozen=True)
class Tick:
    """Something that can be ticked."""

    name: str
    label: str
    on: bool = False


@dataclass(frozen=True)
class FieldForm:
    """A field in its dialog; 0 for a new one."""

    id: int = 0
    version: int = 0
    kind: str = ""
    label: str = ""
    type: str = "text"
    help: str = ""
    options: list[Option] = field(default_factory=list)
    asks: str = ""
    shows: str = ""
    required_when: str = ""
    visible_when: str = ""
    pattern: str = ""
    pattern_message: str = ""
    pattern_example: str = ""
    formula: str = ""
    synonyms: str = ""
    searchable: bool = True
    in_form: bool = False
    responsible_id: str = ""
    readers: list[Tick] = field(default_factory=list)
    editors: list[Tick] = field(default_factory=list)


@dataclass(frozen=True)
class FieldPage:
    """The fields of one kind, those in force and those put away."""

    kind: str = ""
    plural: str = ""
    fields: list[FieldRow] = field(default_factory=list)
    archived: list[FieldRow] = field(default_factory=list)


@dataclass(frozen=True)
class Example:
    """A real record and what a formula gives for it."""

    title: str
    value: str


@dataclass(frozen=True)
class Preview:
    """What a formula that is being written is worth; `error` says why nothing."""

    type: str = ""
    error: str = ""
    examples: list[Example] = field(default_factory=list)


def kind_options() -> list[Option]:
    """The kinds that can have fields."""
    return [Option(name, kind(name).plural) for name in FIELDED]


def fields_page(session: Session, name: str) -> FieldPage:
    """An unknown kind is the first one."""
    name = name if name in FIELDED else FIELDED[0]
    living_ = definitions(session, name)
    gone = {id: d for id, d in definitions(session, name, archived=True).items() if id not in living_}
    rows = [_row(d) for d in living_.values()]
    return FieldPage(name, kind(name).plural, rows, [_row(d) for d in gone.values()])


def _row(one: Definition) -> FieldRow:
    notes = []
    if one.required:
        notes.append("required")
    elif one.required_when:
        notes.append("required under a condition")
    notes += ["shown under a condition"] * bool(one.visible_when)
    notes += ["with a pattern"] * bool(one.pattern)
    notes += [f"{len(one.options)} options"] * bool(one.options)
    notes += [f"seen by {_roles(one.read_roles)}"] * bool(one.read_roles)
    notes += [f"edited by {_roles(one.edit_roles)}"] * bool(one.edit_roles)
    return FieldRow(one.id, one.label, TYPES[one.type], ", ".join(notes), one.help)


def _roles(names: tuple[str, ...]) -> str:
    return ", ".join(ROLE_NAMES.get(name, name).lower() for name in names)


def field_form(session: Session, name: str, id: int) -> FieldForm:
    """The dialog; 0 is a new field of that kind. Raises NotFound."""
    if not id:
        return FieldForm(kind=name, readers=_ticks(()), editors=_ticks(()))
    one, version = living(session, id)
    usable = fields_with_custom(kind(one.kind), definitions(session, one.kind).values())
    labels = {n: f.label for n, f in usable.items()}
    responsible = session.connection().execute(select(table.c.responsible_id).where(table.c.id == id)).scalar()
    return FieldForm(
        id,
        version,
        one.kind,
        one.label,
        one.type,
        one.help,
        [Option(o.key, option_text(o)) for o in one.options],
        "always" if one.required else "when" if one.required_when else "",
        "when" if one.visible_when else "",
        json.dumps(one.required_when) if one.required_when else "",
        json.dumps(one.visible_when) if one.visible_when else "",
        one.pattern,
        one.pattern_message,
        one.pattern_example,
        with_labels(one.formula, labels) if one.formula else "",
        ", ".join(one.synonyms),
        one.searchable,
        one.in_form,
        str(responsible or ""),
        _ticks(one.read_roles),
        _ticks(one.edit_roles),
    )


def _ticks(chosen: tuple[str, ...]) -> list[Tick]:
    return [Tick(role, ROLE_NAMES[role], role in chosen) for role in ROLES if role != "administrator"]


def askable_fields(session: Session, actor: Principal, name: str, id: int) -> list[FieldChoice]:
    """What a condition on a record of this kind can ask: fields of the record itself, but not the field at hand."""
    known = kind(name)
    own = fields_with_custom(known, definitions(session, name).values())
    found = [c for c in field_choices(session, actor, name) if c.name in own and c.name != f"custom.{id}"]
    return [replace(c, choices=[o for o in c.choices if not is_relative(o.id)]) for c in found if c.filterable]


def names_in_conditions(session: Session, actor: Principal, form: FieldForm) -> dict[str, str]:
    """The titles of the records that the conditions of a field name, by `kind:id`."""
    found: dict[str, str] = {}
    for condition in (form.required_when, form.visible_when):
        if condition:
            found |= filter_names(session, actor, Listing(form.kind, group_of(json.loads(condition))))
    return found


def people_options(session: Session) -> list[Option]:
    """Who can answer for a field."""
    query = select(user.c.id, user.c.name).where(user.c.deleted_at.is_(None), user.c.status == "active")
    rows = session.connection().execute(query.order_by(user.c.sort_key).limit(200))
    return [Option(str(id), name) for id, name in rows]


def preview_of(session: Session, actor: Principal, name: str, id: int, label: str, text: str) -> Preview:
    """The type of a formula and its value for three records that the actor sees, the newest first."""
    try:
        made = formula_of(session, name, id, label or "This field", text)
    except KithError as refusal:
        return Preview(error=refusal.message)
    known, others = kind(name), definitions(session, name)
    trial = Definition(id, name, "", label or "This field", "formula", formula=made["formula"], result=made["result"])
    source = table_of(known.table)
    query = select(source).where(source.c.deleted_at.is_(None), may_see(actor, known))
    rows = session.connection().execute(query.order_by(source.c.id.desc()).limit(EXAMPLES)).mappings().all()
    examples = []
    for row in rows:
        value = computed(trial, known, others, dict(row))
        if isinstance(value, Empty):
            words = f"empty: {value.why}" if value.why else "empty"
        elif trial.result == "money":
            currency = currency_in(known, dict(row))
            words = format_money(kept(trial, value, currency), currency, actor.locale)
        else:
            words = as_text(value)
        examples.append(Example(str(row[known.title] or "Untitled"), words[:120]))
    return Preview(TYPES.get(made["result"], made["result"]).lower(), "", examples)
