"""A database of which nothing can be read for a while."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from tests.support.server import Server

HIDDEN = "hidden_"


@contextmanager
def hidden(server: Server, *kept: str) -> Iterator[None]:
    """The tables of a server on SQLite have other names until the end of the block, but for the kept ones."""
    path = server.data_dir / "kith.db"

    def rename(named: Callable[[str], str]) -> None:
        with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in found:
                if named(name) != name:
                    connection.execute(f'ALTER TABLE "{name}" RENAME TO "{named(name)}"')

    rename(lambda name: name if name.startswith("sqlite_") or name in kept else HIDDEN + name)
    try:
        yield
    finally:
        rename(lambda name: name.removeprefix(HIDDEN))
