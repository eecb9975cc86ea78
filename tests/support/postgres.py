"""A temporary PostgreSQL cluster of the programs installed on this machine; a database per test from a template."""

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

# In memory where there is room: a copy of the template as files takes a third of the time of one through the log.
_MEMORY, _ROOM = Path("/dev/shm"), 2_000_000_000
_SETTINGS = {
    "jit": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}


def server_programs() -> Path | None:
    """The folder with initdb and postgres, or None."""
    folders = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _knows_strategies(programs: Path) -> bool:
    """CREATE DATABASE … STRATEGY came with version 15."""
    said = subprocess.run([str(programs / "postgres"), "-V"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", said)[0]) >= 15


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


class Cluster:
    """Started on creation, on loopback and a random port, with trust; `stop` removes it."""

    def __init__(self, programs: Path) -> None:
        in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
        self._by_files = in_memory and _knows_strategies(programs)
        self.folder = Path(tempfile.mkdtemp(prefix="kith-pg-", dir=_MEMORY if in_memory else None))
        self.port = _free_port()
        self._who: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            entry = pwd.getpwnam("postgres")
            self._who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        data = str(self.folder / "data")
        self._run(
            [programs / "initdb", "-D", data, "-A", "trust", "-U", "kith", "-E", "UTF8", "--locale=C", "--no-sync"]
        )
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._server = subprocess.Popen(
            [str(programs / "postgres"), "-D", data, "-p", str(self.port), "-k", str(self.folder), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            preexec_fn=_die_with_parent,
            **self._who,
        )
        self._wait()

    def _run(self, command: list[object]) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            check=False,
            **self._who,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def conninfo(self, database: str) -> str:
        """What libpq needs."""
        return f"host=127.0.0.1 port={self.port} user=kith dbname={database}"

    def url(self, database: str) -> str:
        """What SQLAlchemy needs."""
        return f"postgresql+psycopg://kith@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """A new database; its name."""
        name = f"kith_{uuid.uuid4().hex[:12]}"
        plain, by_files = "CREATE DATABASE {} TEMPLATE {}", "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        self._admin(sql.SQL(by_files) if self._by_files else sql.SQL(plain), name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop it, whoever is connected."""
        self._admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _admin(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(*(sql.Identifier(name) for name in names)))

    def stop(self) -> None:
        """Stop at once and remove the folder."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
