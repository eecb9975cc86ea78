"""The proof: replaying the log into empty tables gives the same records."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.children import restored
from crm_app.core.changes.custom import CUSTOM, put
from crm_app.core.changes.kinds import Kind, Row, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.values import decode, defaults
from crm_app.core.changes.working import table_of

Tables = dict[str, dict[int, Row]]


def replay(session: Session) -> tuple[Tables, Tables]:
    """Records by kind and id, and child rows by `kind.collection` and id, as the log says they are."""
    records: Tables = {}
    children: Tables = {}
    table = table_of(ChangeLog)
    query = select(table).order_by(table.c.seq).execution_options(yield_per=1000)
    for entry in session.connection().execute(query).mappings():
        known = kind(entry["kind"])
        rows = records.setdefault(known.name, {})
        if entry["op"] == "create":
            rows[entry["record_id"]] = _blank(known, entry)
        row = rows[entry["record_id"]]
        row["version"], row["updated_at"] = entry["version"], entry["recorded_at"]
        for key, (_old, new) in entry["diff"].items():
            _set(known, row, children, key, new)
    return records, children


def _blank(known: Kind, entry: Any) -> Row:
    columns = table_of(known.table).c
    # what may not be null is always logged, unless its column came later and was filled with its default
    empty = {n: v for n, v in defaults(known.table).items() if n in known.derived or not columns[n].nullable}
    empty = dict.fromkeys(defaults(known.table)) | empty
    return empty | {"sort_key": "", "id": entry["record_id"], "created_at": entry["recorded_at"]}


def _set(known: Kind, row: Row, children: Tables, key: str, new: Any) -> None:
    name, _, child_id = key.partition(".")
    if name in known.child_by_name and child_id:
        collection = children.setdefault(f"{known.name}.{name}", {})
        if new is None:
            collection.pop(int(child_id), None)
        else:
            collection[int(child_id)] = restored(known.child_by_name[name], row["id"], int(child_id), new)
    elif name == CUSTOM and child_id:
        row[CUSTOM] = put(row[CUSTOM], {child_id: new})
    else:
        row[key] = decode(known.table, key, new)


def differences(session: Session) -> list[str]:
    """Where the tables are not what the log says; empty when all is well. Derived columns are left out."""
    records, children = replay(session)
    found: list[str] = []
    for name, rows in records.items():
        known = kind(name)
        stored = {r["id"]: dict(r) for r in session.connection().execute(select(table_of(known.table))).mappings()}
        found += _compare(name, rows, stored, known.derived)
        for collection in known.children:
            query = select(table_of(collection.table))
            for column, value in collection.fixed.items():
                query = query.where(table_of(collection.table).c[column] == value)
            there = {r["id"]: dict(r) for r in session.connection().execute(query).mappings()}
            found += _compare(
                f"{name}.{collection.name}", children.get(f"{name}.{collection.name}", {}), there, frozenset()
            )
    return found


def _compare(name: str, logged: dict[int, Row], stored: dict[int, Row], derived: frozenset[str]) -> list[str]:
    found = [f"{name} {i}: only in the {'log' if i in logged else 'table'}" for i in logged.keys() ^ stored.keys()]
    for i in logged.keys() & stored.keys():
        for column, value in stored[i].items():
            if column not in derived and column != "sort_key" and logged[i].get(column) != value:
                found.append(f"{name} {i}: {column} is {value!r}, the log says {logged[i].get(column)!r}")
    return found
