"""Many rows into one table: what SQLAlchemy works out for each of them is worked out once for each table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlmodel import Session

Row = Mapping[str, Any]
# Values of one statement, as many as any SQLite takes. Where SQLite counts on by a table of its own, which it does
# once a statement, many rows in one take half of the time. Anywhere else it only costs: pages are kept aside, so that
# a statement that fails in the middle can be taken back.
PARAMETERS = 999


@dataclass(frozen=True, slots=True)
class _Plan:
    """The statement for one row and for many, and what the driver wants done to the values of some columns."""

    statement: str
    columns: tuple[str, ...]
    processors: tuple[tuple[int, Callable[[Any], Any]], ...]
    of_many: str
    many: int

    def values(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The values of each row in the order of the columns; a whole column at once, for many say the same."""
        columns: list[Sequence[Any]] = list(zip(*map(itemgetter(*self.columns), rows), strict=True))
        for place, process in self.processors:
            columns[place] = _processed(process, columns[place])
        return list(zip(*columns, strict=True))


def _processed(process: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    if len(set(map(id, values))) == 1:  # nothing in any row, or the moment of the change in each
        return (process(values[0]),) * len(values)
    return list(map(process, values))


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all name the same columns, two or more. Raises IntegrityError, KeyError for a missing column."""
    if not rows:
        return
    connection = session.connection()
    plan = _plan(table, connection.dialect, tuple(rows[0]))
    values = plan.values(rows)
    if not connection.dialect.positional:
        connection.exec_driver_sql(plan.statement, [dict(zip(plan.columns, each, strict=True)) for each in values])
        return
    whole = len(values) - len(values) % plan.many if plan.many > 1 else 0
    if together := [tuple(chain.from_iterable(values[n : n + plan.many])) for n in range(0, whole, plan.many)]:
        connection.exec_driver_sql(plan.of_many, together)
    if rest := values[whole:]:
        connection.exec_driver_sql(plan.statement, rest)


@lru_cache(maxsize=500)
def _plan(table: Table, dialect: Dialect, columns: tuple[str, ...]) -> _Plan:
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(columns))
    ordered = tuple(compiled.positiontup or columns) if dialect.positional else columns
    found = ((n, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for n, name in enumerate(ordered))
    processors = tuple((n, process) for n, process in found if process is not None)
    head, word, row = str(compiled).rpartition(" VALUES ")
    many = max(1, PARAMETERS // len(ordered)) if table.dialect_options["sqlite"]["autoincrement"] else 1
    return _Plan(str(compiled), ordered, processors, head + word + ", ".join([row] * many), many)
