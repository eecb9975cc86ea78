"""SQLite: a consistent copy of a database in use, by its own backup interface."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from crm_app.core.errors import Refused


def path_of(url: str) -> Path:
    """The file of a SQLite URL. Raises Refused for one in memory."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise Refused("a database in memory cannot be backed up or restored")
    return Path(name)


def snapshot(url: str, target: Path) -> tuple[str | None, dict[str, int]]:
    """Copy the database in use to one file; gives its revision and the rows of each table."""
    source = path_of(url)
    if not source.exists():
        raise Refused(f"there is no database at {source}")
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return facts(copy)


def facts(connection: sqlite3.Connection) -> tuple[str | None, dict[str, int]]:
    """The revision and the rows of each table."""
    names = [r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
    names = [name for name in names if not name.startswith("sqlite_")]
    counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    revision = None
    if "alembic_version" in counts:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        revision = row[0] if row else None
    return revision, counts


def verify(path: Path, tables: dict[str, int]) -> None:
    """The unpacked database is sound and has the rows the manifest says. Raises Refused."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if sound and facts(connection)[1] == tables:
                return
    except sqlite3.DatabaseError:
        pass
    raise Refused("the database in the backup is damaged")
