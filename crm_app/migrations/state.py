"""Where the schema of a database stands, compared with what this version of Kith needs."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from crm_app.backup.swap import unfinished_restore
from crm_app.core.config import settings
from crm_app.core.db import engine
from crm_app.core.errors import Refused
from crm_app.migrations.triggers import missing_triggers
from crm_app.tables import metadata

State = Literal["empty", "current", "behind", "newer", "half"]


@dataclass(frozen=True)
class Status:
    """The recorded revision, the one this version needs, and what that means."""

    current: str | None
    head: str
    state: State
    reason: str = ""


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def scripts() -> ScriptDirectory:
    """The steps this version knows, read once: each of them is a module to load."""
    return ScriptDirectory.from_config(alembic_config())


def head() -> str:
    """The one newest revision. Raises if the steps have more than one end."""
    found = scripts().get_current_head()
    if found is None:
        raise Refused("this copy of Kith contains no migrations; install it again")
    return found


def status(on: Engine | None = None) -> Status:
    """The state of the database in the settings, or of `on`."""
    with (on or engine()).connect() as connection:
        return status_of(connection)


def status_of(connection: Connection) -> Status:
    """The state as seen on this connection."""
    newest = head()
    recorded = list(MigrationContext.configure(connection).get_current_heads())
    present = set(inspect(connection).get_table_names()) - {"alembic_version"}
    ours = present & set(metadata.tables)
    if not recorded and not present:
        return Status(None, newest, "empty")
    if not recorded:
        whose = "tables of Kith" if ours else "tables of something else"
        return Status(None, newest, "half", f"it holds {whose} but no recorded revision")
    if len(recorded) > 1:
        return Status(None, newest, "half", f"it records {len(recorded)} revisions at once: {', '.join(recorded)}")
    current = recorded[0]
    known = {script.revision for script in scripts().walk_revisions()}
    if current not in known:
        return Status(current, newest, "newer", f"its revision {current} is not known to this version of Kith")
    if current != newest:
        return Status(current, newest, "behind", f"revision {current}, this version needs {newest}")
    lacking = _lacking(connection)
    if lacking:
        return Status(current, newest, "half", f"revision {current} is recorded but it lacks {', '.join(lacking[:5])}")
    return Status(current, newest, "current")


def _lacking(connection: Connection) -> list[str]:
    """Tables, columns and triggers that this revision should have and the database has not."""
    columns = {name: {c["name"] for c in found} for (_, name), found in inspect(connection).get_multi_columns().items()}
    lacking = []
    for table in metadata.sorted_tables:
        if table.name not in columns:
            lacking.append(f"the table {table.name}")
            continue
        lacking += [f"{table.name}.{c.name}" for c in table.columns if c.name not in columns[table.name]]
    return lacking or [f"the trigger {name}" for name in missing_triggers(connection)]


def assert_ready() -> None:
    """Refuse to start on a schema that is not exactly the one this version needs. Raises Refused."""
    aside = unfinished_restore(settings().data_dir)
    if aside:
        raise Refused(f"a restore was interrupted; run it again (what it had set aside is in {aside})")
    found = status()
    if found.state == "current":
        return
    advice = {
        "empty": "the database is empty; run: kith migrate",
        "behind": f"the database is older ({found.reason}); run: kith migrate",
        "newer": f"the database is newer than this version of Kith: {found.reason}; install the newer version",
        "half": f"the database is half-migrated: {found.reason}; restore the backup made before the migration",
    }
    raise Refused(advice[found.state])
