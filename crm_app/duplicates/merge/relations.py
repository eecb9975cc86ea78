"""What a merge does to everything that names a person or a company; a relation without a rule stops the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import MetaData, Table

from crm_app.core.changes import Children, Field, Kind, kinds
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.tables import metadata

# Tables that name records and are no part of the catalogue: nothing is written there by a merge, so that an unmerge
# finds all as it was. Whoever reads them looks up where the record went.
READ_THROUGH: Mapping[str, str] = {
    "change_log": "history; the timeline of the survivor reads it as well",
    "notification": "its link leads on to the survivor",
    "recent_view": "shown as the survivor",
    "bulk_row": "what a run did; its titles are those of the time",
    "finding": "about deals only",
    "duplicate_profile": "of living records only; it follows each of their changes",
    "duplicate_key": "as the profile",
    "quality_mark": "computed from the record, and gone with it",
    "quality_gap": "computed from the record, and gone with it",
    "lead_score": "computed anew for the survivor",
    "turn": "about pools and territories only",
}


@dataclass(frozen=True)
class Pointer:
    """A field by which records of one kind point to those of another one, itself or in one of its parts."""

    kind: Kind
    field: Field
    children: Children | None = None

    @property
    def name(self) -> str:
        return f"{self.children.name}.{self.field.name}" if self.children else self.field.name


def pointers_to(name: str) -> list[Pointer]:
    """Every registered relation to records of this kind, in the order of the catalogue."""
    found: list[Pointer] = []
    for known in kinds():
        found += [Pointer(known, f) for f in known.fields if f.ref == name or f.kind_field]
        found += [Pointer(known, f, c) for c in known.children for f in c.fields if f.ref == name]
    return found


def unruled(catalogue: Iterable[Kind] | None = None, tables: MetaData = metadata) -> list[str]:
    """The relations to what can be merged that do not say what a merge does to them."""
    known = list(kinds() if catalogue is None else catalogue)
    merged = {k.name for k in known if k.mergeable}
    found: list[str] = []
    for one in known:
        places = [(one.name, f) for f in one.fields]
        places += [(f"{one.name}.{c.name}", f) for c in one.children for f in c.fields]
        found += [f"{place}.{f.name}" for place, f in places if (f.ref in merged or f.kind_field) and not f.on_merge]
        if one.mergeable:
            found += [f"{one.name}.{c.name}" for c in one.children if not c.on_merge]
    ruled = {table_of(t).name for k in known for t in (k.table, *(c.table for c in k.children))}
    names = [t.name for t in tables.tables.values() if _names_records(t, merged)]
    columns = [f"{t.name}.{c}" for t in tables.tables.values() if t.name in ruled for c in _unknown(t, known, merged)]
    return found + columns + [name for name in names if name not in ruled and name not in READ_THROUGH]


def _names_records(table: Table, merged: set[str]) -> bool:
    points = any(key.column.table.name in merged for key in table.foreign_keys)
    return points or ("record_id" in table.c and "kind" in table.c)


def _unknown(table: Table, known: list[Kind], merged: set[str]) -> list[str]:
    """Columns with a foreign key to what can be merged that no field of the catalogue describes."""
    fields = {f.name for k in known if table_of(k.table).name == table.name for f in k.fields}
    for one in known:
        for children in one.children:
            if table_of(children.table).name == table.name:
                fields |= {*children.by_name, children.parent}
    keys = [key for key in table.foreign_keys if key.column.table.name in merged]
    return [key.parent.name for key in keys if key.parent.name not in fields]


def check_relations() -> None:
    """Called when everything is registered. Raises KithError with the relations that have no rule."""
    if found := unruled():
        raise KithError(f"These relations do not say what a merge does to them (on_merge): {', '.join(found)}.")
