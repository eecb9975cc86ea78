"""The definitions in force, read anew in every transaction, so that each process sees a new field at once."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from crm_app.core.changes import Context
from crm_app.core.changes.working import table_of
from crm_app.records.custom.fields import Choice, Definition
from crm_app.tables import CustomField

table = table_of(CustomField)


def definitions(session: Session, kind: str, *, archived: bool = False) -> dict[int, Definition]:
    """Those of a kind in their order, by id; with `archived` also those that were put away."""
    found = session.connection().execute(_asked(kind, archived)).mappings()
    return {row["id"]: definition_of(row) for row in found}


@lru_cache(maxsize=100)
def _asked(kind: str, archived: bool) -> Select[Any]:
    """Asked in every command, so it is put together once."""
    query = select(table).where(table.c.kind == kind).order_by(table.c.position, table.c.id)
    return query if archived else query.where(table.c.deleted_at.is_(None))


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Definition]:
    """These, archived ones too."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = session.connection().execute(select(table).where(table.c.id.in_(wanted))).mappings()
    return {row["id"]: definition_of(row) for row in rows}


def definitions_in(context: Context, kind: str) -> dict[int, Definition]:
    """Once a call of `apply_many`."""
    key = ("custom fields", kind)
    if key not in context.cache:
        context.cache[key] = definitions(context.session, kind)
    return context.cache[key]


def definition_of(row: Mapping[Any, Any]) -> Definition:
    """From a row, stored or about to be. What is of no use in it is left out."""
    return Definition(
        row["id"],
        row["kind"],
        row["key"],
        row["label"],
        row["type"],
        row["help"] or "",
        choices_of(row["options"]),
        bool(row["required"]),
        row["required_when"] if isinstance(row["required_when"], Mapping) else {},
        row["visible_when"] if isinstance(row["visible_when"], Mapping) else {},
        row["pattern"] or "",
        row["pattern_message"] or "",
        row["pattern_example"] or "",
        row["formula"] or "",
        row["result"] or "text",
        _words(row["synonyms"]),
        bool(row["searchable"]),
        bool(row["in_form"]),
        _words(row["read_roles"]),
        _words(row["edit_roles"]),
    )


def choices_of(given: Any) -> tuple[Choice, ...]:
    """From JSON: entries with a key and a label."""
    if not isinstance(given, list):
        return ()
    return tuple(
        Choice(str(o["key"]), str(o["label"]), _words(o.get("synonyms")))
        for o in given
        if isinstance(o, Mapping) and o.get("key") and o.get("label")
    )


def options_as_json(options: Iterable[Choice]) -> list[dict[str, Any]]:
    """The reverse."""
    return [{"key": o.key, "label": o.label, "synonyms": list(o.synonyms)} for o in options]


def _words(given: Any) -> tuple[str, ...]:
    return tuple(str(w) for w in given) if isinstance(given, list | tuple) else ()
