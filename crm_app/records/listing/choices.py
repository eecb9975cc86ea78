"""What the filter builder and the column chooser offer, and a filter in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.reader import full_day, number_words
from crm_app.core.text import id_of
from crm_app.records.listing.cells import choice_label
from crm_app.records.listing.conditions import OF_TEAM
from crm_app.records.listing.fields import ListField, fields_of
from crm_app.records.listing.listing import Listing
from crm_app.records.listing.rows import Chip, FieldChoice, Option
from crm_app.records.listing.rules import Condition, Group, conditions_in, op_of
from crm_app.records.reading import may_see, titles
from crm_app.tables import Team

MOST_OPTIONS = 200
Names = dict[tuple[str, str], str]  # titles by kind and id
UNKNOWN = "something deleted or hidden"
# Kinds with few records: their names are offered at once; of the others a look-up finds them.
FEW = frozenset({"user", "team", "pipeline", "stage", "product", "tag", "territory"})


def field_choices(session: Session, actor: Principal, kind_name: str) -> list[FieldChoice]:
    """Every field that the actor may read, with what it can be used for."""
    return [
        FieldChoice(
            f.name,
            f.label,
            f.type,
            f.filterable,
            f.sortable,
            f.groupable,
            f.editable,
            _options(session, actor, f),
            f.ref or ("tag" if f.type == "tags" else ""),
        )
        for f in fields_of(session, actor, kind_name).values()
    ]


def _options(session: Session, actor: Principal, field: ListField) -> list[Option]:
    if field.type == "bool":
        return [Option("true", "Yes"), Option("false", "No")]
    if field.choices:
        return [Option(c, choice_label(field, c)) for c in field.choices]
    name = "tag" if field.type == "tags" else field.ref
    if name not in FEW:
        return []
    known = kind(name)
    table = table_of(known.table)
    there = [may_see(actor, known)] if name in ("pipeline", "stage") else []
    query = select(table.c.id, table.c[known.title]).where(table.c.deleted_at.is_(None), *there)
    query = query.order_by(table.c[known.order])
    found = [Option(str(id), title) for id, title in session.connection().execute(query.limit(MOST_OPTIONS))]
    return [Option("me", "Me"), Option("team", "My team"), *_teams(session), *found] if name == "user" else found


def _teams(session: Session) -> list[Option]:
    """Teams beside the users: all who belong to one are meant."""
    team = table_of(Team)
    query = select(team.c.id, team.c.name).where(team.c.deleted_at.is_(None)).order_by(team.c.sort_key)
    rows = session.connection().execute(query.limit(MOST_OPTIONS))
    return [Option(f"{OF_TEAM}{id}", f"Team {name.removeprefix('Team ')}") for id, name in rows]


def describe(session: Session, actor: Principal, listing: Listing) -> list[Chip]:
    """The top conditions of a filter in words; a nested group is one chip."""
    fields = fields_of(session, actor, listing.kind)
    names = _names(session, actor, fields, conditions_in(listing.filter))
    chips = []
    for n, item in enumerate(listing.filter.items):
        if isinstance(item, Group):
            chips.append(
                Chip(
                    str(n),
                    "All of" if item.mode == "all" else "Any of",
                    _group_words(item, fields, names, actor.locale),
                )
            )
        elif item.field in fields:
            chips.append(Chip(str(n), fields[item.field].label, _words(item, fields, names, actor.locale)))
    return chips


def filter_names(session: Session, actor: Principal, listing: Listing) -> dict[str, str]:
    """The titles of the records that a filter names, by `kind:id`, as far as the actor may see them."""
    fields = fields_of(session, actor, listing.kind)
    names = _names(session, actor, fields, conditions_in(listing.filter))
    return {f"{ref}:{id}": title for (ref, id), title in names.items()}


def _group_words(group: Group, fields: dict[str, ListField], names: Names, locale: str) -> str:
    parts = [
        f"({_group_words(i, fields, names, locale)})"
        if isinstance(i, Group)
        else f"{fields[i.field].label} {_words(i, fields, names, locale)}"
        for i in group.items
        if isinstance(i, Group) or i.field in fields
    ]
    return (" and " if group.mode == "all" else " or ").join(parts)


def _words(condition: Condition, fields: dict[str, ListField], names: Names, locale: str) -> str:
    field = fields[condition.field]
    op = op_of(field.type, condition.op)
    if op is None:
        return condition.op
    if op.arity == "none":
        return op.label
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    shown = [_value(field, v, names, locale) for v in values]
    if op.arity == "days":
        return op.label.replace("…", shown[0])
    return f"{op.label} {(' and ' if op.arity == 'two' else ' or ').join(shown)}"


def _value(field: ListField, value: Any, names: Names, locale: str) -> str:
    ref = "tag" if field.type == "tags" else field.ref
    if ref:
        key = ("team", str(value).removeprefix(OF_TEAM)) if str(value).startswith(OF_TEAM) else (ref, str(value))
        return {"me": "me", "team": "my team"}.get(str(value)) or names.get(key, UNKNOWN)
    if field.type == "bool":
        return "Yes" if value in (True, "true") else "No"
    if field.type in ("choice", "choices"):
        return choice_label(field, str(value))
    if field.type in ("date", "datetime"):
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return str(value)
        return full_day(day)
    if field.type in ("money", "decimal", "int", "float") and isinstance(value, int | float):
        return number_words(value, locale)
    return str(value)


def _names(
    session: Session, actor: Principal, fields: dict[str, ListField], conditions: Iterable[Condition]
) -> dict[tuple[str, str], str]:
    """The titles of what the conditions name: an address may name any id, so only of what the actor may see."""
    wanted: set[tuple[str, int]] = set()
    for condition in conditions:
        field = fields.get(condition.field)
        ref = ("tag" if field.type == "tags" else field.ref) if field else ""
        for value in condition.value if isinstance(condition.value, tuple) else (condition.value,):
            of_team = ref == "user" and str(value).startswith(OF_TEAM)
            id = id_of(str(value).removeprefix(OF_TEAM) if of_team else str(value)) if ref else None
            wanted |= set() if id is None else {("team" if of_team else ref, id)}
    return {(ref, str(id)): title for (ref, id), title in titles(session, actor, wanted).items()}
