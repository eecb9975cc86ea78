"""PostgreSQL: pg_dump in the same snapshot as the counts; pg_restore in one transaction."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from crm_app.core.errors import Refused

_CLEAR = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


def program(name: str) -> str:
    """The path of pg_dump, pg_restore or psql. Raises Refused when it is not installed."""
    found = shutil.which(name)
    if found:
        return found
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3].split(".")[0]))
    if not installed:
        raise Refused(f"{name} is not installed; install the PostgreSQL client programs")
    return str(installed[-1])


def conninfo(url: str) -> str:
    """The URL in libpq's words, with the password."""
    parts = make_url(url)
    named = {"host": parts.host, "port": parts.port, "user": parts.username, "password": parts.password}
    return make_conninfo(
        dbname=parts.database,
        **{k: v for k, v in named.items() if v is not None},
        **{k: str(v) for k, v in parts.query.items()},
    )


def _run(url: str, name: str, *arguments: str) -> None:
    """Run a client program; the password goes through the environment, never the command line."""
    parts = make_url(url)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = str(parts.password)
    target = conninfo(parts.set(password=None).render_as_string(hide_password=False))
    done = subprocess.run(
        [program(name), f"--dbname={target}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Refused(f"{name} failed: {said}")


def facts(connection: psycopg.Connection) -> tuple[str | None, dict[str, int]]:
    """The revision and the rows of each table, as this transaction sees them."""
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counts = {}
    for (name,) in rows:
        query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))
        counts[name] = (connection.execute(query).fetchone() or (0,))[0]
    revision = None
    if "alembic_version" in counts:
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        revision = row[0] if row else None
    return revision, counts


def snapshot(url: str, target: Path) -> tuple[str | None, dict[str, int]]:
    """Dump the database in use; gives its revision and the rows of each table in the same snapshot."""
    program("pg_dump")
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        name = (connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0]
        found = facts(connection)
        _run(
            url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={target}"
        )
        return found


def assert_alone(url: str) -> None:
    """Nobody else is connected to this database. Raises Refused with the list of who is."""
    with psycopg.connect(conninfo(url)) as connection:
        rows = connection.execute(
            "SELECT coalesce(nullif(application_name, ''), 'a program'), coalesce(client_addr::text, 'this machine')"
            " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchall()
    if rows:
        raise Refused("somebody is connected to the database; stop Kith first", [f"{n} from {a}" for n, a in rows])


def replace(url: str, dump: Path, tables: dict[str, int]) -> None:
    """Replace the whole schema by the dump in one transaction: on any failure nothing has changed."""
    clear, script = dump.with_suffix(".clear.sql"), dump.with_suffix(".sql")
    clear.write_text(_CLEAR, encoding="utf-8")
    listed = subprocess.run(
        [program("pg_restore"), "--no-owner", "--no-privileges", f"--file={script}", str(dump)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if listed.returncode:
        raise Refused("the database in the backup is damaged")
    text = script.read_text(encoding="utf-8")
    # a newer pg_dump sets parameters that an older server does not know
    script.write_text(re.sub(r"(?m)^SET transaction_timeout = 0;$", "", text), encoding="utf-8")
    _run(
        url,
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        f"--file={clear}",
        f"--file={script}",
    )
    with psycopg.connect(conninfo(url)) as connection:
        if facts(connection)[1] != tables:
            raise Refused("the restored database does not have the rows that its manifest promises")
