"""A server on each database for all tests of this folder, with a user of every role.

What the database can matter to runs on both (`BOTH`): the walk of every handler with every role, the matrix of foreign
ids, the board over a socket, revocation. What the gate refuses before a row is read runs on SQLite.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from crm_app.core import db
from crm_app.core.config import settings
from crm_app.identity.matrix import ROLES
from crm_app.identity.service import activate_user
from crm_app.migrations import migrate
from tests.support.postgres import Cluster
from tests.support.server import ROOT, Server, running_server

PASSWORD = "correct horse 1"
LIST_HANDLERS = """
import json, crm_app.crm_app
from reflex_base.registry import RegistrationContext
from crm_app.http.authz import FRAMEWORK
from crm_app.identity.handlers import payload_schema, permission_of
print("\\n@@" + json.dumps([
    {"name": n, "framework": n in FRAMEWORK, "permission": permission_of(h.handler.fn), "payload":
     {k: str(f.annotation) for k, f in payload_schema(h.handler.fn).model_fields.items()}
     if permission_of(h.handler.fn) else {}}
    for n, h in RegistrationContext.get().event_handlers.items()]))
"""


@dataclass
class House:
    """A running server and who may sign in."""

    server: Server
    database_url: str

    def email(self, role: str) -> str:
        return f"{role}@example.org"

    def enter(self, role: str) -> str:
        """A fresh session cookie of the user with this role."""
        return self.server.sign_in(self.email(role), PASSWORD)


def _furnish(url: str, folder: Path, hasher: PasswordHasher) -> None:
    """A user of every role, and nothing else; migrated where it is not."""
    with using(url, folder):
        migrate()
        hashed = hasher.hash(PASSWORD)  # the server compares how long a sign-in takes
        for role in ROLES:
            db.write_sync(activate_user, f"{role}@example.org", hashed, name=f"{role.title()} Person", role=role)


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory, wired: None, real_hasher: PasswordHasher) -> Iterator[House]:
    """The server on SQLite."""
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'kith.db'}"
    _furnish(url, folder, real_hasher)
    with running_server(folder, url) as server:
        yield House(server, url)


@pytest.fixture(scope="session")
def postgres_house(
    tmp_path_factory: pytest.TempPathFactory,
    wired: None,
    real_hasher: PasswordHasher,
    postgres_cluster: Cluster,
    postgres_template: str,
) -> Iterator[House]:
    """The server on PostgreSQL, in the cluster of this run."""
    folder = tmp_path_factory.mktemp("house-pg")
    url = postgres_cluster.url(postgres_cluster.create(postgres_template))
    _furnish(url, folder, real_hasher)
    with running_server(folder, url) as server:
        yield House(server, url)


BOTH = pytest.mark.parametrize(
    "house", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """The server: on SQLite, unless the test is marked with `BOTH`."""
    named = getattr(request, "param", "sqlite")
    return request.getfixturevalue("postgres_house" if named == "postgresql" else "sqlite_house")


class using:
    """The settings and the engine point to this database inside of the block."""

    def __init__(self, url: str, folder: Path, base_url: str = "http://localhost:8000") -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("KITH_DATABASE_URL", url)
        self.patch.setenv("KITH_DATA_DIR", str(folder))
        self.patch.setenv("KITH_BASE_URL", base_url)

    def __enter__(self) -> None:
        settings.cache_clear()
        db.dispose()

    def __exit__(self, *_: object) -> None:
        db.dispose()
        self.patch.undo()
        settings.cache_clear()


@pytest.fixture
def house_database(house: House) -> Iterator[House]:
    """The server's own database, for this test's queries and commands."""
    with using(house.database_url, house.server.data_dir, house.server.base_url):
        yield house


@pytest.fixture(scope="session")
def handlers(sqlite_house: House) -> list[dict[str, Any]]:
    """Every registered event handler, asked of the app itself."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_HANDLERS],
        cwd=ROOT,
        env=sqlite_house.server.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.rpartition("@@")[2])
