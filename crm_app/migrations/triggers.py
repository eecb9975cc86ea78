"""The change log is append-only: the database itself refuses UPDATE, DELETE and overwriting."""

from sqlalchemy import Connection, text

TABLE = "change_log"
_REFUSAL = "change_log is append-only"

_SQLITE = {
    "change_log_no_update": f"""
        CREATE TRIGGER change_log_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    "change_log_no_delete": f"""
        CREATE TRIGGER change_log_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    # INSERT OR REPLACE deletes without firing a delete trigger
    "change_log_no_replace": f"""
        CREATE TRIGGER change_log_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE seq = NEW.seq OR (batch_id = NEW.batch_id AND row_no = NEW.row_no))
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
}
_POSTGRESQL_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION change_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"""
_POSTGRESQL = {
    "change_log_no_update": f"""
        CREATE TRIGGER change_log_no_update BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION change_log_refuse()""",
    "change_log_no_truncate": f"""
        CREATE TRIGGER change_log_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION change_log_refuse()""",
}


def missing_triggers(connection: Connection) -> list[str]:
    """Names of the triggers that do not stand, or stand switched off."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": TABLE}
        )
        return sorted(set(_SQLITE) - set(found.scalars()))
    found = connection.execute(
        text("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:t) AND tgenabled IN ('O', 'A')"), {"t": TABLE}
    )
    return sorted(set(_POSTGRESQL) - set(found.scalars()))


def create_triggers(connection: Connection) -> None:
    """Make those that are missing; a migration that recreates the table must call it."""
    wanted = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    if connection.dialect.name != "sqlite":
        connection.execute(text(_POSTGRESQL_FUNCTION))
    for name in missing_triggers(connection):
        connection.execute(text(wanted[name]))


def drop_triggers(connection: Connection) -> None:
    """Only for taking the schema down: without its table the function would be left over."""
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in _POSTGRESQL:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}"))
    connection.execute(text("DROP FUNCTION IF EXISTS change_log_refuse()"))
