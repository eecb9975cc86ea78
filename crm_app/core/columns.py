"""Types of columns and functions that each of the two databases says in its own way."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Float,
    Integer,
    String,
    TypeDecorator,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

# Ordered by code point on both databases, so that the beginning of a key is a range of the index.
SortKey = String().with_variant(String(collation="C"), "postgresql")
DECIMAL_PLACES = 12
JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: stored as UTC, read as UTC. Raises ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """The same text for SQLite as its own type makes of it, in one step."""
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """The other way round, in one step as well: boards and lists read thousands of them."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _from_sqlite(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


@lru_cache(maxsize=20_000)  # rows written at once name the same instants, in several columns and in the log of changes
def _sqlite_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:26]


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number of up to 12 places, stored as a whole number of their parts: exact and in order."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        parts = Decimal(value).scaleb(DECIMAL_PLACES)
        if parts != parts.to_integral_value():
            raise ValueError(f"{value} has more than {DECIMAL_PLACES} places")
        return int(parts)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else tidy(Decimal(value).scaleb(-DECIMAL_PLACES))


def tidy(number: Decimal) -> Decimal:
    """The same number without zeros at its end, and without an exponent."""
    plain = number.normalize()
    return plain.quantize(Decimal(1)) if plain.as_tuple().exponent > 0 else plain  # pyright: ignore[reportOperatorIssue]


class day_number(FunctionElement[int]):
    """Days from 1 January 1970 to a day, or to the day (in UTC) of an instant."""

    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _day_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    given = compiler.process(element.clauses, **more)
    day = f"date({given})" if isinstance(next(iter(element.clauses)).type, UtcDateTime) else given
    return f"CAST(julianday({day}) - 2440587.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _day_on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    given = compiler.process(element.clauses, **more)
    zoned = " AT TIME ZONE 'UTC'" if isinstance(next(iter(element.clauses)).type, UtcDateTime) else ""
    return f"(CAST({given}{zoned} AS DATE) - DATE '1970-01-01')"


class json_number(FunctionElement[float]):
    """The number that a JSON column has under a key; nothing where there is none or something else.

    The second argument is the key as a literal; `json_key` makes it of an id.
    """

    type = Float()
    inherit_cache = True


def json_key(id: int | str) -> Any:
    """A key that is an id, written into the statement."""
    return literal_column(f"'{int(id)}'")


@compiles(json_number, "sqlite")
def _json_number_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, key = (compiler.process(part, **more) for part in element.clauses)
    path = f"""'$."' || {key} || '"'"""
    return (
        f"CASE WHEN json_type({column}, {path}) IN ('integer', 'real') THEN "
        f"CAST(json_extract({column}, {path}) AS REAL) END"
    )


@compiles(json_number, "postgresql")
def _json_number_on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, key = (compiler.process(part, **more) for part in element.clauses)
    return f"CASE WHEN jsonb_typeof({column} -> {key}) = 'number' THEN CAST({column} ->> {key} AS DOUBLE PRECISION) END"


class probed(FunctionElement[Any]):  # reads as the function that it is
    """A column that SQLite shall not start from: it walks an index in order and looks each value up.

    Without statistics it takes every list of ids for a short one. PostgreSQL knows better and is not told.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(probed, "sqlite")
def _probed_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"


@compiles(probed, "postgresql")
def _probed_on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


def number_of(day: date) -> int:
    """The same number for a day at hand."""
    return (day - date(1970, 1, 1)).days
