"""The database: one engine a process, one transaction a command. With `columns` the only place that knows a dialect."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar

import anyio.to_thread
import orjson
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from crm_app.core import folding, matching, running
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.garbage import OF_BULK, collect_between, collect_seldom
from crm_app.core.reader import read_by
from crm_app.core.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")
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


def _json(value: Any) -> str:
    """The text of a value; what only Python's own encoder knows, such as huge numbers, it writes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS).decode()
    except TypeError:
        return json.dumps(value)


def make_engine(url: str) -> Engine:
    """An engine with the pragmas and time-outs that Kith relies on."""
    if not url.startswith("sqlite"):
        server = create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, json_serializer=_json)
        running.follow(server)
        return server
    connect_args = {"check_same_thread": False}
    engine = create_engine(url, connect_args=connect_args, pool_size=10, pool_use_lifo=True, json_serializer=_json)
    running.follow(engine)

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
    if _in_bulk.get():
        collect_between()
    for topic, listener in _listeners:
        if topic in announced:
            listener()


@contextmanager
def in_bulk() -> Iterator[None]:
    """Around many large commands of this thread, in a process of their own: garbage is looked for between them, and
    SQLite keeps more memory and makes fewer checkpoints from then on.
    """
    collect_seldom(OF_BULK)
    token = _in_bulk.set(True)
    try:
        yield
    finally:
        _in_bulk.reset(token)
        collect_seldom()


def _give_room(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    for pragma in BULK_PRAGMAS:
        raw.execute(f"PRAGMA {pragma}").close()


def _for_actor(args: tuple[Any, ...]) -> AbstractContextManager[None]:
    """What is answered or refused is written for the one on whose behalf it runs; the system writes for nobody."""
    return read_by(next((a.locale for a in args if isinstance(a, Principal) and not a.system), ""))


def read_sync(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query in this thread."""
    with reading() as session, _for_actor(args):
        return fn(session, *args, **kwargs)


def write_sync(fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a command in this thread, in one transaction; again where PostgreSQL ended it for another's sake."""
    for _ in range(DEADLOCK_RETRIES):
        try:
            with writing() as session, _for_actor(args):
                return fn(session, *args, **kwargs)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise
    with writing() as session, _for_actor(args):
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
