"""Rows for any schema: what the database says of its tables is all that is asked, so old revisions are filled too."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, String, column, inspect
from sqlalchemy import insert as insert_into
from sqlalchemy import table as table_of

Rows = dict[str, list[dict[str, Any]]]
FIRST_DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOT_OURS = ("alembic_version", "id_counter")


class Filler:
    """Knows the schema of one moment (`look`), puts rows with numbers of their own into it, and notes where."""

    def __init__(self) -> None:
        self._next = 1000
        self.touched: set[str] = set()
        self.columns: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, dict[str, tuple[str, str]]] = {}
        self._given: dict[tuple[str, str], list[Any]] = {}

    def look(self, connection: Connection) -> None:
        """Read the tables as they are now."""
        found = inspect(connection)
        tables = {name: columns for (_, name), columns in found.get_multi_columns().items() if name not in NOT_OURS}
        self.columns = {name: {c["name"]: c for c in columns} for name, columns in tables.items()}
        self._keys = {name: {} for name in tables}
        for (_, name), keys in found.get_multi_foreign_keys().items():
            for key in keys:
                target = (key["referred_table"], key["referred_columns"][0])
                self._keys.setdefault(name, {})[key["constrained_columns"][0]] = target
        primary = {name: key["constrained_columns"] for (_, name), key in found.get_multi_pk_constraint().items()}
        self._alone = {name: keys[0] for name, keys in primary.items() if len(keys) == 1}
        self._given = {}

    def fill(self, connection: Connection, tables: Iterable[str]) -> None:
        """Two rows into each: one with all that may be left out, one without; referred tables first."""
        waiting, self._given = list(tables), {}
        while waiting:
            ready = [name for name in waiting if not self._needs(name) & (set(waiting) - {name})]
            assert ready, f"in a circle: {waiting}"
            for name in ready:
                for whole in (True, False):
                    self.put(connection, name, whole=whole)
            waiting = [name for name in waiting if name not in ready]

    def _needs(self, name: str) -> set[str]:
        """The tables without which there is no row."""
        keys = self._keys[name]
        return {keys[c][0] for c, said in self.columns[name].items() if c in keys and not said["nullable"]}

    def put(self, connection: Connection, name: str, /, whole: bool = True, **given: Any) -> Any:
        """One row; answers with the first column of its key. `given` stands, the rest is made up."""
        said = self.columns[name]
        self._next += 1
        row = {c: self._value(connection, name, c, whole) for c in said} | given
        connection.execute(insert_into(table_of(name, *(column(c, said[c]["type"]) for c in row))), row)
        self.touched.add(name)
        self._given = {place: ids for place, ids in self._given.items() if place[0] != name}
        return row[self._alone[name]] if name in self._alone else None

    def _value(self, connection: Connection, name: str, column_name: str, whole: bool) -> Any:
        said, number = self.columns[name][column_name], self._next
        key = self._keys[name].get(column_name)
        if column_name == "deleted_at" or (said["nullable"] and not whole):
            return None
        if key is not None:
            return self._referred(connection, key)
        match said["type"]:
            case JSON():
                return {"n": number}
            case Boolean():
                return number % 2 == 1
            case Float():
                return number + 0.5
            case Integer():
                return number
            case DateTime():
                return FIRST_DAY + timedelta(hours=number, microseconds=number)
            case Date():
                return date(2024, 1, 1) + timedelta(number)
            case LargeBinary():
                return f"{column_name} {number}".encode()
            case String():
                return f"{column_name} {number}"
        raise AssertionError(f"{name}.{column_name}: {said['type']!r}")

    def _referred(self, connection: Connection, target: tuple[str, str]) -> Any:
        """One of the rows that are there, a different one each time as far as there are."""
        if target not in self._given:
            there = connection.execute(table_of(target[0], column(target[1])).select()).scalars().all()
            self._given[target] = sorted(there)
        ids = self._given[target]
        return ids[self._next % len(ids)] if ids else None


def rows_of(connection: Connection, tables: Iterable[str] | None = None) -> Rows:
    """Every row of these tables, or of all, as the driver gives it."""
    found: Rows = {}
    raw = connection.connection.cursor()
    for name in set(inspect(connection).get_table_names()) - set(NOT_OURS) if tables is None else tables:
        raw.execute(f'SELECT * FROM "{name}"')
        names = [d[0] for d in raw.description]
        found[name] = [dict(zip(names, row, strict=True)) for row in raw.fetchall()]
    raw.close()
    return found
