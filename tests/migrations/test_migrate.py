"""Alembic: one head, a backup first, and no start on a schema that does not fit."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crm_app import migrations
from crm_app.backup import postgres
from crm_app.backup.rows import row_hashes
from crm_app.core import db
from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.migrations import run, state
from crm_app.tables import metadata
from tests.support.builders import make_company


def _execute(statement: str) -> None:
    with db.engine().begin() as connection:
        connection.execute(text(statement))


def test_one_head() -> None:
    assert len(state.scripts().get_heads()) == 1


def test_migrations_give_the_tables(database_url: str) -> None:
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    done = migrations.migrate()
    assert done.before == done.after == state.head() and done.backup is None


def test_empty_needs_migration(bare_database: str) -> None:
    assert migrations.status().state == "empty"
    with pytest.raises(Refused, match="kith migrate"):
        migrations.assert_ready()
    migrations.migrate()
    migrations.assert_ready()
    with pytest.raises(IntegrityError), db.engine().begin() as connection:  # a migration alone goes without them
        connection.execute(text("INSERT INTO recent_view VALUES (1, 'deal', 1, '2026-01-01')"))


def test_newer_is_refused(database_url: str) -> None:
    _execute("UPDATE alembic_version SET version_num = '9999'")
    assert migrations.status().state == "newer"
    with pytest.raises(Refused, match="9999"):
        migrations.assert_ready()
    with pytest.raises(Refused, match="9999"):
        migrations.migrate()


@pytest.mark.parametrize(
    "harm",
    [
        "DROP TABLE deal_line",
        "ALTER TABLE company DROP COLUMN employees",
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('0000')",
    ],
)
def test_half_migrated_is_refused(database_url: str, harm: str) -> None:
    _execute(harm)
    assert migrations.status().state == "half"
    with pytest.raises(Refused, match="half-migrated"):
        migrations.assert_ready()
    with pytest.raises(Refused):
        migrations.migrate()


def test_lost_trigger_is_found(database_url: str) -> None:
    where = "" if database_url.startswith("sqlite") else " ON change_log"
    _execute(f"DROP TRIGGER change_log_no_update{where}")
    with pytest.raises(Refused, match="change_log_no_update"):
        migrations.assert_ready()


def test_log_is_append_only(database_url: str) -> None:
    make_company()
    attempts = ["UPDATE change_log SET source = 'x'", "DELETE FROM change_log"]
    if database_url.startswith("sqlite"):
        attempts.append("INSERT OR REPLACE INTO change_log SELECT * FROM change_log")
    else:
        attempts.append("TRUNCATE change_log")
    for attempt in attempts:
        with pytest.raises(Exception, match="append-only"):
            _execute(attempt)
    with db.engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM change_log")).scalar_one() == 1


def _pretend_older(monkeypatch: pytest.MonkeyPatch, step: object) -> None:
    """The database stands one step before the head; the step to come is `step(connection)`."""
    found = migrations.status()
    older = state.Status(found.current, found.head, "behind", "older")
    monkeypatch.setattr(run, "status", lambda: older)
    monkeypatch.setattr(run.command, "upgrade", lambda config, _to: step(config.attributes["connection"]))  # type: ignore[operator]


def test_backup_comes_first(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company()
    _pretend_older(monkeypatch, lambda connection: None)
    saved = migrations.migrate().backup
    assert saved is not None and saved.exists() and saved.parent == settings().data_dir.resolve() / "backups"
    assert migrations.migrate(backup=False).backup is None


def test_nothing_to_back_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend_older(monkeypatch, lambda connection: None)
    assert migrations.migrate().backup is None


@pytest.mark.parametrize("new_database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_without_pg_dump_migration_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company()

    def absent(name: str) -> str:
        raise Refused(f"{name} is not installed")

    monkeypatch.setattr(postgres, "program", absent)
    _pretend_older(monkeypatch, lambda connection: None)
    with pytest.raises(Refused, match="pg_dump"):
        migrations.migrate()
    assert migrations.migrate(backup=False).backup is None


def test_a_step_that_loses_the_triggers_is_taken_back(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company()
    where = "" if database_url.startswith("sqlite") else " ON change_log"
    _pretend_older(monkeypatch, lambda c: c.execute(text(f"DROP TRIGGER change_log_no_update{where}")))
    with pytest.raises(Refused, match="lost the triggers"):
        migrations.migrate(backup=False)
    assert migrations.problems() == []


def test_a_step_that_fails_leaves_everything(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company()
    with db.engine().connect() as connection:
        before = row_hashes(connection)

    def step(connection: object) -> None:
        connection.execute(text("CREATE TABLE half_way (id INTEGER)"))  # type: ignore[attr-defined]
        connection.execute(text("DROP TABLE deal_line"))  # type: ignore[attr-defined]
        raise RuntimeError("interrupted")

    _pretend_older(monkeypatch, step)
    with pytest.raises(RuntimeError):
        migrations.migrate(backup=False)
    with db.engine().connect() as connection:
        assert row_hashes(connection) == before


def test_problems_tell_what_is_wrong(database_url: str) -> None:
    company = make_company()
    assert migrations.problems() == []
    _execute(f"UPDATE company SET version = 7 WHERE id = {company}")
    assert migrations.problems() == ["company: 1 records whose version is not the newest in the log"]


def test_an_interrupted_restore_is_refused(database_url: str, tmp_path: Path) -> None:
    settings().data_dir.mkdir(exist_ok=True)
    (settings().data_dir / "restore-in-progress").write_text("/aside")
    with pytest.raises(Refused, match="/aside"):
        migrations.assert_ready()
