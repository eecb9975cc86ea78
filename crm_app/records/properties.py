"""The fields of one record as its page shows and edits them: from the catalogue to text, and from text to a value."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Field, Kind, kind
from crm_app.core.changes.custom import value_in
from crm_app.core.changes.values import coerce, encode
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.core.money import format_money, to_major, to_minor
from crm_app.core.numbers import read_number, typed_text
from crm_app.core.reader import day_and_time, full_day, number_words
from crm_app.identity.policy import decide
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.custom.fields import Definition
from crm_app.records.custom.showing import choice_words, custom_names, empty_words
from crm_app.records.dictionary.rows import NO_HELP, Help
from crm_app.records.help import helps_of
from crm_app.records.listing.cells import group_label
from crm_app.records.listing.rows import Option
from crm_app.records.reading import title_there

NUMBERS = ("int", "float", "decimal")
YES_NO = [Option("true", "Yes"), Option("false", "No")]


@dataclass(frozen=True)
class Property:
    """A field of a record on its page: as displayed, and as typed; `ref` is the kind that a look-up searches."""

    field: str
    label: str
    value: str
    raw: str
    type: str
    editable: bool
    choices: list[Option] = dataclasses.field(default_factory=list)
    href: str = ""
    ref: str = ""
    required: bool = False
    help: Help = NO_HELP
    vocabulary: str = ""
    remark: str = ""


def properties(
    session: Session,
    actor: Principal,
    name: str,
    row: Mapping[Any, Any],
    fields: Iterable[str],
    choices: Mapping[str, list[Option]],
) -> list[Property]:
    """These fields of a row, in this order; a reference with `choices` is chosen from them, any other is looked up."""
    known, further = kind(name), definitions(session, name)
    own = fields_with_custom(known, further.values())
    shown = set(custom_names(session, actor, name, row)) if further else set[str]()
    wanted = [own[f] for f in fields if f in shown or not f.startswith("custom.")]
    helps, owner_id = helps_of(session, name), row[known.owner] if known.owner else None
    found = []
    for field in wanted:
        definition = further[int(field.name[7:])] if field.name in shown else None
        title = ref_name(session, field, value_in(row, field.name)) if field.ref else ""
        editable = field.editable and decide(actor, "edit", name, owner_id, field.name).allowed
        one = _property(
            field, row, currency_of(known, field, row), actor, title, choices.get(field.name, []), definition
        )
        remark = empty_words(definition, known, row, session) if not one.value else ""
        found.append(replace(one, editable=editable, help=helps.get(field.name, NO_HELP), remark=remark))
    return found


def _property(
    field: Field,
    row: Mapping[Any, Any],
    currency: str,
    actor: Principal,
    title: str,
    choices: list[Option],
    definition: Definition | None,
) -> Property:
    """A field of a row, with the options among which it is chosen."""
    raw, value = written(field, value_in(row, field.name), currency, actor, title)
    labels = definition.labels if definition is not None else {}
    if definition is not None and field.type in ("choice", "choices"):
        raw, value = choice_words(definition, row)
    offered = choices or YES_NO * (field.type == "bool")
    offered = offered or [Option(c, labels.get(c) or group_label(c)) for c in field.choices]
    return Property(
        field.name,
        field.label,
        value,
        raw,
        "choice" if field.ref and choices else field.type,
        field.editable,
        offered,
        value if field.holds == "url" else "",
        field.ref,
        field.required,
        vocabulary=field.vocabulary,
    )


def currency_of(known: Kind, field: Field, row: Mapping[Any, Any]) -> str:
    """The currency of an amount: that of its record, or the organisation's."""
    return (row[field.currency_field] if field.currency_field in known.by_name else "") or settings().currency


def ref_name(session: Session, field: Field, id: int | None) -> str:
    """The title of what a field points to; that it exists may be known to everybody who sees the record."""
    if id is None:
        return ""
    known = kind(field.ref)
    table = table_of(known.table)
    title = title_there(known, table) if field.name.startswith("custom.") else table.c[known.title]
    return session.connection().execute(select(title).where(table.c.id == id)).scalar() or ""


def written(field: Field, value: Any, currency: str, actor: Principal, name: str = "") -> tuple[str, str]:
    """A value as typed, and as displayed; `name` is the title of a reference."""
    if value is None or value == "":
        return "", ""
    if field.ref:
        return str(value), name
    if field.type == "money":
        major = to_major(value, currency)
        whole = major == major.to_integral_value()
        return f"{major:.0f}" if whole else typed_text(major, actor.locale), format_money(value, currency, actor.locale)
    if field.type == "bool":
        return ("true", "Yes") if value else ("false", "No")
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(actor.zone))
        return f"{local:%Y-%m-%dT%H:%M}", day_and_time(local)
    if field.type == "date" and isinstance(value, str):  # as JSON keeps it
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return value.isoformat(), full_day(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return typed_text(value, actor.locale), number_words(value, actor.locale)
    if field.type == "int" and field.name != "year_founded":
        return str(value), number_words(int(value), actor.locale)
    return str(value), group_label(value) if field.type == "choice" else str(value)


def typed(field: Field, raw: str, currency: str, actor: Principal) -> Any:
    """The value of a field from what a person typed. Raises Invalid under the field's name."""
    text = raw.strip()
    try:
        if text and field.type == "money":
            return coerce(field, amount_of(text, currency, actor.locale))
        if text and field.type in NUMBERS:
            return coerce(field, _number(text, actor))
        if text and field.type == "datetime":
            at = datetime.fromisoformat(text)
            return coerce(field, at if at.tzinfo else at.replace(tzinfo=ZoneInfo(actor.zone)))
        return coerce(field, text)
    except Invalid as error:
        raise Invalid({field.name: error.message}) from None
    except ValueError as error:
        raise Invalid({field.name: str(error)}) from None


def typed_any(field: Field, raw: str, currency: str, actor: Principal) -> Any:
    """The same for a custom field too: most texts are read by its rules, whichever way they come. Raises Invalid."""
    if not field.name.startswith("custom."):
        return typed(field, raw, currency, actor)
    if field.type in ("money", "ref"):
        return encode(typed(field, raw, currency, actor))
    text = raw.strip()
    return (_number(text, actor) if text and field.type in NUMBERS else text) or None


def _number(text: str, actor: Principal) -> str:
    """A number as the rules of a field read it; what is none stays as it is, and they say so in their words."""
    try:
        return f"{read_number(text, actor.locale):f}"
    except ValueError:
        return text


def amount_of(text: str, currency: str, locale: str = "en") -> int | None:
    """Minor units of what a person typed: `1,250.50`, `1.250,50`, `1 250`, `€ 900`. Raises Invalid."""
    plain = (
        "".join(c for c in text if not c.isspace() and c not in "€$£¥").removeprefix(currency).removesuffix(currency)
    )
    if not plain:
        return None
    try:
        amount = read_number(plain, locale)
    except ValueError:
        raise Invalid({"amount": f"{text.strip()[:40]!r} is not an amount."}) from None
    places = get_currency_precision(currency)
    if amount.is_finite() and amount != round(amount, places):
        most = f"at most {places} decimals" if places else "no decimals"
        raise Invalid({"amount": f"An amount in {currency} has {most}."})
    return to_minor(amount, currency)
