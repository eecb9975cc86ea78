"""The records that one `apply_many` works on: read once, changed in memory, written once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlmodel import Session

from crm_app.core.changes.kinds import Children, Kind, Row
from crm_app.core.changes.log import ChangeLog
from crm_app.core.errors import Conflict
from crm_app.core.rows import insert_rows

IN_LIMIT = 500


def table_of(model: Any) -> Table:
    """The SQLAlchemy table of a model."""
    return model.__table__


def of_batch(batch_id: int, kind: str, ids: Iterable[int]) -> tuple[Any, ...]:
    """What a batch wrote of these few records, as conditions of the log."""
    return of_batches([batch_id], kind, ids)


def of_batches(batches: Iterable[int], kind: str, ids: Iterable[int]) -> tuple[Any, ...]:
    """The same of several: looked up by record, for the index of batches (which the sum hides) would read all of a
    batch, and there are batches of a million rows."""
    log = table_of(ChangeLog)
    return (log.c.batch_id + 0).in_(list(batches)), log.c.kind == kind, log.c.record_id.in_(list(ids))


@cache
def _locking(table: Table) -> Any:
    """The records `ids`, on PostgreSQL locked; asked in every command, so it is put together once."""
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True))).order_by(table.c.id).with_for_update()


@lru_cache(maxsize=200)
def _updating(table: Table, columns: tuple[str, ...]) -> Any:
    """The record `b_id` as it is now in these columns, if it still is of the version that was read."""
    there = (table.c.id == bindparam("b_id"), table.c.version == bindparam("b_version"))
    return update(table).where(*there).values({c: bindparam(c) for c in columns})


@dataclass
class Loaded:
    """A record in memory, with the state in which the database has it (None: not yet there)."""

    kind: Kind
    row: Row
    stored: Row | None
    children: dict[str, dict[int, Row]] = field(default_factory=dict)
    children_stored: dict[str, dict[int, Row]] = field(default_factory=dict)


class WorkingSet:
    """Reads records in bulk, keeps them, and writes the differences in bulk."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.records: dict[tuple[str, int], Loaded] = {}

    def load(self, kind: Kind, ids: Iterable[int]) -> None:
        """Read (and on PostgreSQL lock) the records that are not here yet."""
        wanted = [i for i in dict.fromkeys(ids) if (kind.name, i) not in self.records]
        table = table_of(kind.table)
        for start in range(0, len(wanted), IN_LIMIT):
            part = sorted(wanted[start : start + IN_LIMIT])
            for found in self.session.connection().execute(_locking(table), {"ids": part}).mappings():
                row = dict(found)
                self.records[kind.name, row["id"]] = Loaded(kind, row, dict(row))

    def load_children(self, kind: Kind, children: Children, ids: Iterable[int]) -> None:
        """Read a child collection of the records."""
        wanted = [i for i in dict.fromkeys(ids) if children.name not in self.records[kind.name, i].children]
        table = table_of(children.table)
        for i in wanted:
            loaded = self.records[kind.name, i]
            loaded.children[children.name], loaded.children_stored[children.name] = {}, {}
        for start in range(0, len(wanted), IN_LIMIT):
            query = select(table).where(table.c[children.parent].in_(wanted[start : start + IN_LIMIT]))
            for name, value in children.fixed.items():
                query = query.where(table.c[name] == value)
            for found in self.session.connection().execute(query).mappings():
                loaded = self.records[kind.name, found[children.parent]]
                loaded.children[children.name][found["id"]] = dict(found)
                loaded.children_stored[children.name][found["id"]] = dict(found)

    def get(self, kind: str, id: int) -> Loaded | None:
        return self.records.get((kind, id))

    def add(self, kind: Kind, row: Row) -> Loaded:
        """A record that will be inserted."""
        loaded = Loaded(kind, row, None, defaultdict(dict))
        self.records[kind.name, row["id"]] = loaded
        return loaded

    def flush(self) -> None:
        """Write all that differs, once, at the end. Raises Conflict if a version is not the one that was read."""
        inserts: dict[Kind, list[Row]] = {}
        updates: dict[tuple[str, tuple[str, ...]], list[Row]] = defaultdict(list)
        for loaded in self.records.values():
            if loaded.stored is None:
                inserts.setdefault(loaded.kind, []).append(loaded.row)
                continue
            columns = tuple(c for c, v in loaded.row.items() if v != loaded.stored[c])
            if columns:
                values = {"b_id": loaded.row["id"], "b_version": loaded.stored["version"]}
                updates[loaded.kind.name, columns].append(values | {c: loaded.row[c] for c in columns})
        run = self.session.connection().execute
        for kind, rows in inserts.items():
            insert_rows(self.session, table_of(kind.table), rows)
        for (name, columns), rows in updates.items():
            table = table_of(self.records[name, rows[0]["b_id"]].kind.table)
            if run(_updating(table, columns), rows).rowcount not in (len(rows), -1):
                raise Conflict([], 0)
        self._flush_children()

    def _flush_children(self) -> None:
        added: dict[Any, list[Row]] = defaultdict(list)
        gone: dict[Any, list[int]] = defaultdict(list)
        run = self.session.connection().execute
        for loaded in self.records.values():
            for name, rows in loaded.children.items():
                stored = loaded.children_stored.get(name, {})
                if rows is stored or (not rows and not stored):
                    continue
                model = loaded.kind.child_by_name[name].table
                gone[model] += [i for i in stored if i not in rows]
                added[model] += [r for i, r in rows.items() if i not in stored]
                for i, row in rows.items():
                    if i in stored and row != stored[i]:
                        run(update(table_of(model)).where(table_of(model).c.id == i).values(row))
        for model, ids in gone.items():
            if ids:
                run(delete(table_of(model)).where(table_of(model).c.id.in_(ids)))
        for model, rows in added.items():
            insert_rows(self.session, table_of(model), rows)
