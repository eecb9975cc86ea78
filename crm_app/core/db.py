"""The database: one engine a process, one transaction a command. The only place that knows a dialect."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Concatenate, ParamSpec, TypeVar

import anyio.to_thread
import orjson
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    Integer,
    String,
    TypeDecorator,
    create_engine,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

from crm_app.core import folding, matching
from crm_app.core.config import settings
from crm_app.core.garbage import OF_BULK, collect_seldom
from crm_app.core.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")
# Ordered by code point on both databases, so that the beginning of a key is a range of the index.
SortKey = String().with_variant(String(collation="C"), "postgresql")
DECIMAL_PLACES = 12
JsonColumn = JSON().with_variant(JSONB(), "postgresql")
READ_THREADS, WRITE_THREADS, WRITE_SECONDS = 4, 6, 30.0
LOG_LIMIT = 64 << 20  # bytes to which the log of writes is cut back after a large transaction, an index for instance
# Pages kept at hand, and carried over from the log of writes at a time, where one process writes a great deal.
BULK_PRAGMAS = ("cache_size=-131072", "wal_autocheckpoint=8000")  # 128 MB; 32 MB
PATIENCE_MS = 20_000  # SQLite lets writers try again by chance: on a busy machine one may wait for many turns
DEADLOCK, DEADLOCK_RETRIES = "40P01", 2  # SQLSTATE; two commands wait for each other's rows, one is rolled back
NEXT_IDS = text("SELECT nextval('kith_record_id') FROM generate_series(1, :n)")
TAKE_IDS = text("UPDATE id_counter SET last_id = last_id + :n RETURNING last_id")
_readers: RunVar[CapacityLimiter] = RunVar("kith_readers")
_writers: RunVar[CapacityLimiter] = RunVar("kith_writers")
_turns = Turns()
_urgent: ContextVar[bool] = ContextVar("kith_urgent", default=False)  # a person waits for this write
_in_bulk: ContextVar[bool] = ContextVar("kith_in_bulk", default=False)
_listeners: list[tuple[str, Callable[[], None]]] = []


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


@lru_cache(maxsize=256)  # of the rows written at once many name the same instants
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
    return plain.quantize(Decimal(1)) if plain.as_tuple().exponent > 0 else plain  # pyright: ignore


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


def _json(value: Any) -> str:
    """The text of a value; what only Python's own encoder knows, such as huge numbers, it writes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS).decode()
    except TypeError:
        return json.dumps(value)


def make_engine(url: str) -> Engine:
    """An engine with the pragmas and time-outs that Kith relies on."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, json_serializer=_json)
    connect_args = {"check_same_thread": False}
    engine = create_engine(url, connect_args=connect_args, pool_size=10, pool_use_lifo=True, json_serializer=_json)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        folding.teach(connection)
        matching.teach(connection)
        waits = f"busy_timeout={PATIENCE_MS}", f"journal_size_limit={LOG_LIMIT}"
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", *waits):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("kith_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@cache
def engine() -> Engine:
    """The engine of this process."""
    chosen = settings()
    if chosen.is_sqlite:
        chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return make_engine(chosen.database)


def dispose() -> None:
    """Close the engine; the next use opens a new one."""
    if engine.cache_info().currsize:
        engine().dispose()
        engine.cache_clear()


def announce(session: Session, topic: str) -> None:
    """Tell those who wait for `topic` once the transaction at hand is committed."""
    session.info.setdefault("announced", set()).add(topic)


def after_write(topic: str, listener: Callable[[], None]) -> None:
    """Call `listener` after a commit of this process that announced `topic` (it must be quick and must not raise)."""
    _listeners.append((topic, listener))


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite has one writer: the writers of this process take turns here instead of polling for its lock."""
    if not settings().is_sqlite:
        yield
        return
    with _turns.turn(urgent=_urgent.get(), timeout=WRITE_SECONDS):
        yield


def _limiter(var: RunVar[CapacityLimiter], threads: int) -> CapacityLimiter:
    """The limit of this event loop; more threads than these only wait for each other."""
    try:
        return var.get()
    except LookupError:
        limiter = CapacityLimiter(threads)
        var.set(limiter)
        return limiter


@contextmanager
def reading() -> Iterator[Session]:
    """A session whose work is rolled back at the end."""
    with engine().connect() as connection, Session(connection) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction, committed at the end, rolled back on an error; on SQLite BEGIN IMMEDIATE."""
    with _turn():
        connection = engine().connect().execution_options(kith_write=True)
        if _in_bulk.get() and settings().is_sqlite:
            _give_room(connection)
        with connection, Session(connection, autoflush=False) as session:
            yield session
            session.commit()
            announced = session.info.get("announced", ())
    for topic, listener in _listeners:
        if topic in announced:
            listener()


@contextmanager
def in_bulk() -> Iterator[None]:
    """Around many large commands of this thread, in a process of their own: garbage is looked for seldom, and SQLite
    gets more memory and makes fewer checkpoints. All that stays so.
    """
    collect_seldom(OF_BULK)
    token = _in_bulk.set(True)
    try:
        yield
    finally:
        _in_bulk.reset(token)


def _give_room(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    for pragma in BULK_PRAGMAS:
        raw.execute(f"PRAGMA {pragma}").close()


def read_sync(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query in this thread."""
    with reading() as session:
        return fn(session, *args, **kwargs)


def write_sync(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a command in this thread, in one transaction; again where PostgreSQL ended it for another's sake."""
    for _ in range(DEADLOCK_RETRIES):
        try:
            with writing() as session:
                return fn(session, *args, **kwargs)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise
    with writing() as session:
        return fn(session, *args, **kwargs)


async def read(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query in a worker thread."""
    limiter = _limiter(_readers, READ_THREADS)
    return await anyio.to_thread.run_sync(lambda: read_sync(fn, *args, **kwargs), limiter=limiter)


async def write(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a command in a worker thread, in one transaction that is committed when this returns. Somebody waits for it:
    on SQLite it goes before the work of the background.
    """
    limiter = _limiter(_writers, 1 if settings().is_sqlite else WRITE_THREADS)
    token = _urgent.set(True)  # the thread gets a copy of what is known here
    try:
        return await anyio.to_thread.run_sync(lambda: write_sync(fn, *args, **kwargs), limiter=limiter)
    finally:
        _urgent.reset(token)


def dialect_of(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def allocate_ids(session: Session, count: int) -> list[int]:
    """`count` new record ids from the one sequence of the installation; never given twice."""
    if count <= 0:
        return []
    if dialect_of(session) == "postgresql":
        return [row[0] for row in session.connection().execute(NEXT_IDS, {"n": count})]
    last = session.connection().execute(TAKE_IDS, {"n": count}).scalar_one()
    return list(range(last - count + 1, last + 1))


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """A part of the transaction that can fail alone."""
    with session.begin_nested():
        yield


def take_turns(session: Session, name: str) -> None:
    """Until the end of this transaction nobody else passes here by that name; who waited sees what was committed."""
    if dialect_of(session) == "postgresql":  # SQLite has one writer anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def claim_lock(session: Session) -> dict[str, Any]:
    """Arguments for `with_for_update` when rows are claimed by one of several workers."""
    return {"skip_locked": True} if dialect_of(session) == "postgresql" else {}
