"""What `kith check` looks at: the file, the schema, the references, the log against the tables."""

from sqlalchemy import Connection, func, inspect, literal, select, text

from crm_app.core.db import engine
from crm_app.core.schema import Record
from crm_app.migrations.indexes import missing_indexes
from crm_app.migrations.state import status_of
from crm_app.migrations.triggers import missing_triggers
from crm_app.tables import metadata


def problems() -> list[str]:
    """Everything that is wrong with the database of the settings, in plain words; empty when all is well."""
    with engine().connect() as connection:
        found = status_of(connection)
        if found.state != "current":
            return [f"schema: {found.state}" + (f", {found.reason}" if found.reason else "")]
        return [
            *(f"the trigger {name} of the change log is missing" for name in missing_triggers(connection)),
            *(f"the index {index.name} is missing; the next start makes it" for index in missing_indexes(connection)),
            *_damaged_file(connection),
            *_dangling(connection),
            *_log_against_tables(connection),
        ]


def _damaged_file(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    lines = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    return [] if lines == ["ok"] else [f"database file: {line}" for line in lines[:20]]


def _dangling(connection: Connection) -> list[str]:
    """References to rows that are not there, counted by column."""
    broken = []
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            child, parent = key.parent, key.column.table.alias("parent")
            lost = (
                select(func.count())
                .select_from(table)
                .where(
                    child.is_not(None),
                    ~select(literal(1)).select_from(parent).where(parent.c[key.column.name] == child).exists(),
                )
            )
            count = connection.execute(lost).scalar_one()
            if count:
                broken.append(f"{table.name}.{child.name}: {count} references to rows that are not there")
    return broken


def record_tables() -> dict[str, type[Record]]:
    """Every record table by its name; the kind of a change bears the same name."""
    return {
        str(cls.__tablename__): cls for cls in Record.__subclasses__() if getattr(cls, "__table__", None) is not None
    }


def _log_against_tables(connection: Connection) -> list[str]:
    """The newest version in the log is the version of the record, and every record has a log."""
    found = []
    present, log = set(inspect(connection).get_table_names()), metadata.tables["change_log"]
    for name, table in sorted(record_tables().items()):
        if name not in present:
            continue
        logged = (
            select(log.c.record_id, func.max(log.c.version).label("version"))
            .where(log.c.kind == name)
            .group_by(log.c.record_id)
            .subquery()
        )
        rows = table.__table__  # pyright: ignore[reportAttributeAccessIssue]
        both = rows.outerjoin(logged, rows.c.id == logged.c.record_id)
        differs = select(func.count()).select_from(both).where(rows.c.version.is_distinct_from(logged.c.version))
        count = connection.execute(differs).scalar_one()
        if count:
            found.append(f"{name}: {count} records whose version is not the newest in the log")
        gone = (
            select(func.count())
            .select_from(logged)
            .where(~select(rows.c.id).where(rows.c.id == logged.c.record_id).exists())
        )
        count = connection.execute(gone).scalar_one()
        if count:
            found.append(f"{name}: {count} records are in the log but not in the table")
    return found
