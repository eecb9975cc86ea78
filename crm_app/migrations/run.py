"""Bringing a database to the schema of this version: all or nothing, with a backup before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, inspect, select, text

from crm_app.backup.service import backup as make_backup
from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.migrations.state import Status, alembic_config, status, status_of
from crm_app.migrations.triggers import missing_triggers
from crm_app.tables import metadata

_LOCK = 0x6B697468  # "kith": one migration at a time on PostgreSQL


@dataclass(frozen=True)
class Migrated:
    """From which revision to which, and where the backup made before lies."""

    before: str | None
    after: str | None
    backup: Path | None = None


@contextmanager
def _connection() -> Iterator[Connection]:
    """One exclusive transaction, without foreign keys on SQLite: recreating a table must not cascade."""
    own = db.make_engine(settings().database)
    if own.dialect.name == "sqlite":
        settings().data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with own.connect().execution_options(kith_write=True) as connection:
            if own.dialect.name == "sqlite":  # before the transaction, inside it would do nothing
                connection.connection.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if own.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
    finally:
        own.dispose()


def _has_data(connection: Connection) -> bool:
    present = set(inspect(connection).get_table_names())
    counted = [t for t in metadata.sorted_tables if t.name in present and t.name != "id_counter"]
    return any(connection.execute(select(text("1")).select_from(t).limit(1)).first() for t in counted)


def _verify(connection: Connection) -> None:
    """The triggers stand and no reference dangles, or the migration is taken back. Raises Refused."""
    if "change_log" in inspect(connection).get_table_names():
        lost = missing_triggers(connection)
        if lost:
            raise Refused(f"the migration lost the triggers of the change log ({', '.join(lost)}); nothing was changed")
    if connection.dialect.name == "sqlite":
        dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
        if dangling:
            tables = ", ".join(sorted({row[0] for row in dangling}))
            raise Refused(f"the migration would leave dangling references in {tables}; nothing was changed")


def _steps(run: Callable[..., Any], revision: str) -> tuple[Status, Status]:
    with _connection() as connection:
        before = status_of(connection)
        run(alembic_config(connection), revision)
        _verify(connection)
        return before, status_of(connection)


def _backup_first(found: Status) -> Path | None:
    with db.engine().connect() as connection:
        if not _has_data(connection):
            return None
    folder = settings().data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"before-{found.head}-{now():%Y%m%d-%H%M%S}.zip"
    return make_backup(target).path


def migrate(*, backup: bool = True) -> Migrated:
    """Upgrade to the newest revision; data is backed up first. Raises Refused on a newer or half-migrated schema."""
    found = status()
    if found.state == "current":
        return Migrated(found.current, found.current)
    if found.state in ("newer", "half"):
        raise Refused(f"not migrated, the database is {found.state}: {found.reason}")
    saved = _backup_first(found) if backup and found.state == "behind" else None
    before, after = _steps(command.upgrade, "head")
    return Migrated(before.current, after.current, saved)


def downgrade(revision: str) -> Migrated:
    """Take steps back to `revision` ("base" takes everything down, data included)."""
    before, after = _steps(command.downgrade, revision)
    return Migrated(before.current, after.current)
