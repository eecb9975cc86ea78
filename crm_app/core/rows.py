"""Many rows into one table: what SQLAlchemy works out for each of them is worked out once for each table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlmodel import Session

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The statement, its columns in their order, and what the driver wants done to the values of some of them."""

    statement: str
    columns: tuple[str, ...]
    positional: bool
    processors: tuple[tuple[int, Callable[[Any], Any]], ...]

    def parameters(self, rows: Sequence[Row]) -> Iterator[Any]:
        take = itemgetter(*self.columns)
        for row in rows:
            values = list(take(row))
            for place, process in self.processors:
                values[place] = process(values[place])
            yield tuple(values) if self.positional else dict(zip(self.columns, values, strict=True))


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all name the same columns, two or more. Raises IntegrityError, KeyError for a missing column."""
    if not rows:
        return
    connection = session.connection()
    plan = _plan(table, connection.dialect, tuple(rows[0]))
    connection.exec_driver_sql(plan.statement, list(plan.parameters(rows)))


@lru_cache(maxsize=500)
def _plan(table: Table, dialect: Dialect, columns: tuple[str, ...]) -> _Plan:
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(columns))
    ordered = tuple(compiled.positiontup or columns) if dialect.positional else columns  # pyright: ignore
    found = ((n, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for n, name in enumerate(ordered))
    processors = tuple((n, process) for n, process in found if process is not None)
    return _Plan(str(compiled), ordered, bool(dialect.positional), processors)
