"""Indexes left out while a table is filled, and made at the end: sorting once is cheaper than a million insertions."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index, text
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import Session

from crm_app.core import db
from crm_app.tables import metadata

_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}


def missing_indexes(connection: Connection) -> list[Index]:
    """Those that this version has and the database lacks, by name."""
    present = set(connection.execute(text(_NAMES[connection.dialect.name])).scalars())
    wanted = (index for table in metadata.tables.values() for index in table.indexes)
    return sorted((index for index in wanted if index.name not in present), key=lambda index: str(index.name))


def create_missing(connection: Connection) -> list[str]:
    """Make what is missing, and say what it was. Nothing but speed depends on an index that is not unique."""
    missing = missing_indexes(connection)
    for index in missing:
        connection.execute(CreateIndex(index))
    return [str(index.name) for index in missing]


@contextmanager
def left_out(tables: Collection[str]) -> Iterator[None]:
    """Without the indexes of `tables`, but those that are unique; for a process that is alone, and asks none of them.

    If it is killed, the next start makes what is missing (`crm_app.starting`).
    """
    _write(lambda connection: _drop(connection, tables))
    try:
        yield
    finally:
        _write(create_missing)


def _drop(connection: Connection, tables: Collection[str]) -> None:
    absent = {index.name for index in missing_indexes(connection)}
    for index in (index for name in tables for index in metadata.tables[name].indexes):
        if not index.unique and index.name not in absent:
            connection.execute(DropIndex(index))


def _write(work: Callable[[Connection], object]) -> None:
    def command(session: Session) -> None:
        work(session.connection())

    db.write_sync(command)
