"""The fields of a new record, and the record itself from what was typed. Commands never commit."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, Field, Kind, apply, kind
from crm_app.core.changes.values import defaults
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.core.text import clip, id_of
from crm_app.identity.policy import decide, may
from crm_app.records.create.asking import conditions_now, is_conditional
from crm_app.records.create.offers import offers_of
from crm_app.records.create.rows import Conditions, Form, FormField
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.fields import Definition
from crm_app.records.dictionary.rows import NO_HELP
from crm_app.records.help import helps_of
from crm_app.records.listing import Option, field_choices
from crm_app.records.listing.conditions import is_relative
from crm_app.records.properties import typed, typed_any
from crm_app.records.reading import titles

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
EMAIL_WORDS = "An e-mail address looks like name@example.org."


def new_form(session: Session, actor: Principal, name: str, given: Mapping[str, str]) -> Form:
    """The dialog's fields, filled with what is given. Raises NotFound or Forbidden."""
    known = _known(actor, name)
    offered = {c.name: c.choices for c in field_choices(session, actor, name)}
    offered |= offers_of(session, actor, name).choices
    helps = helps_of(session, name)
    fields = [_field(session, actor, known, path, offered, given) for path in known.form]
    asked = asked_in_form(session, actor, name)
    fields += [_further(d, offered, given) for d in asked]
    fields = [replace(f, help=helps.get(f.name, NO_HELP)) for f in fields]
    conditional = any(is_conditional(d) for d in asked)
    if conditional:
        now = conditions_now(session, actor, name, {f.name: f.value for f in fields}, 0)
        fields = [
            replace(f, hidden=f.name in now.hidden, required=f.required or f.name in now.required) for f in fields
        ]
    return Form(
        kind=name,
        label=known.label,
        fields=fields,
        given=sum(f.name in given for f in fields),
        compares=bool(known.likeness),
        conditional=conditional,
    )


def conditions_in_form(session: Session, actor: Principal, name: str, values: Mapping[str, str], n: int) -> Conditions:
    """What holds of the custom fields of the dialog, for what was typed. Raises NotFound or Forbidden."""
    _known(actor, name)
    shown = {d.name for d in asked_in_form(session, actor, name)}
    found = conditions_now(session, actor, name, values, n)
    return replace(
        found, hidden=[f for f in found.hidden if f in shown], required=[f for f in found.required if f in shown]
    )


def asked_in_form(session: Session, actor: Principal, name: str) -> list[Definition]:
    """The custom fields of the dialog: those that an administrator wants there, and those that may be required."""
    found = definitions(session, name).values()
    asked = [d for d in found if (d.in_form or d.required or d.required_when) and not d.is_computed]
    return [d for d in asked if decide(actor, "read", name, actor.id, d.name).allowed]


def _further(definition: Definition, offered: Mapping[str, list[Option]], given: Mapping[str, str]) -> FormField:
    """A custom field of the dialog; one that is only shown under a condition is asked for, not demanded."""
    required = definition.required and not definition.visible_when
    name, field = definition.name, definition.field
    choices = offered.get(name, []) if not field.ref else []
    return FormField(name, definition.label, field.type, required, choices, field.ref, given.get(name, ""))


def create_record(
    session: Session, actor: Principal, name: str, values: Mapping[str, str], anyway: Collection[int] = ()
) -> Applied:
    """The new record. Raises Invalid with every wrong field under the name that the form has for it.

    Raises LikelyDuplicate if it looks like others that are here, but for those in `anyway`: the actor has seen these.
    """
    known = _known(actor, name)
    wrong: dict[str, str] = {}
    wanted: dict[str, Any] = {}
    further = {d.name: d for d in asked_in_form(session, actor, name)}
    for path, raw in values.items():
        part, _, rest = path.partition(".")
        if path in further:
            try:
                wanted[path] = typed_any(further[path].field, raw, settings().currency, actor)
            except Invalid as refusal:
                wrong[path] = refusal.message
        elif path not in known.form:
            wrong[path] = "This cannot be saved."
        elif raw.strip():
            try:
                value = typed(catalogue_field(known, path), raw, settings().currency, actor)
            except Invalid as refusal:
                wrong[path] = refusal.message
                continue
            if part == "emails" and not is_email(value):
                wrong[path] = EMAIL_WORDS
            wanted[part] = [{rest: value}] if rest else value
    if wrong:
        raise Invalid(wrong)
    if "currency" in known.by_name:
        wanted.setdefault("currency", settings().currency)
    wanted = {**offers_of(session, actor, name).also, **wanted}
    _primary(known, wanted)
    try:
        return apply(session, actor, Change(name, op="create", set=wanted, apart_from=frozenset(anyway)))
    except Invalid as refusal:
        raise Invalid({_path(known, key): reason for key, reason in refusal.fields.items()}) from None


def _known(actor: Principal, name: str) -> Kind:
    known = kind(name)
    if not known.form:
        raise NotFound("There is no form for this.")
    if not may(actor, f"{name}.create"):
        raise Forbidden(f"Your role may not create {known.plural.lower()}.")
    return known


def is_email(text: str) -> bool:
    """Does it look like an e-mail address?"""
    return ADDRESS.fullmatch(text) is not None


def named(name: str, text: str) -> dict[str, str]:
    """What a form begins with for somebody or something called so."""
    known, words = kind(name), clip(text).split()
    if known.title in known.form:
        return {known.title: " ".join(words)}
    first, last = (" ".join(words[:-1]), words[-1]) if words else ("", "")
    return {n: v for n, v in (("first_name", first), ("last_name", last)) if n in known.form and v}


def label_of(known: Kind, path: str) -> str:
    """What the form calls a field."""
    return {"emails": "E-mail", "phones": "Phone"}.get(path.partition(".")[0], catalogue_field(known, path).label)


def catalogue_field(known: Kind, path: str) -> Field:
    """The field that a name of the form means: its own, or that of a part (`emails.value`)."""
    part, _, rest = path.partition(".")
    if not rest:
        return known.by_name[part]
    return next(f for f in known.child_by_name[part].fields if f.name == rest)


def _primary(known: Kind, wanted: dict[str, Any]) -> None:
    """The first e-mail is the primary one."""
    for children in known.children:
        if children.name in wanted and any(f.name == "is_primary" for f in children.fields):
            wanted[children.name][0]["is_primary"] = True


def _path(known: Kind, key: str) -> str:
    """Where the form shows an error: `emails` stands under `emails.value`, what it does not ask for under the first."""
    if key in known.form or key.startswith("custom."):
        return key
    return next((p for p in known.form if p.startswith(key + ".")), known.form[0])


def _field(
    session: Session,
    actor: Principal,
    known: Kind,
    path: str,
    offered: Mapping[str, list[Option]],
    given: Mapping[str, str],
) -> FormField:
    field = catalogue_field(known, path)
    choices = [o for o in offered.get(path, []) if not (field.ref and is_relative(o.id))]
    usual = defaults(known.table).get(path, "") if "." not in path else ""
    value = given.get(path, str(actor.id or "") if path == known.owner else "" if usual is None else str(usual))
    if field.required and not value and field.type in ("choice", "ref") and choices:
        value = choices[0].id
    id = id_of(value) if field.ref else None  # a caller may give any
    shown = "" if id is None else titles(session, actor, [(field.ref, id)]).get((field.ref, id), "")
    type_ = "choice" if field.ref and choices else field.type
    required = field.required and "." not in path
    return FormField(
        path, label_of(known, path), type_, required, choices, field.ref, value, shown, vocabulary=field.vocabulary
    )
