"""Databases for tests: every test that asks for `database_url` runs on SQLite and on PostgreSQL."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import URL, Engine, event, make_url

from crm_app.core import db
from crm_app.core.config import settings
from crm_app.identity import passwords
from crm_app.migrations import migrate
from tests.support import redis as redis_support
from tests.support.postgres import Cluster, server_programs

SILENT = "PostgreSQL is not installed on this machine: ITS TESTS DID NOT RUN (apt install postgresql)"
_skipped: list[str] = []
# How long an example takes says how busy the machine is, nothing of the rule; time is measured by `make bench`.
examples.register_profile("usual", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("fast", examples.get_profile("usual"), max_examples=20)  # for `make test-fast`
examples.load_profile("usual")
gc.set_threshold(50_000, 20, 50)  # hundreds of modules stay; to look through them again and again took a third


def pytest_report_header() -> str:
    url = os.environ.get("KITH_TEST_MEILI_URL")
    return f"meilisearch: {'the server at ' + url if url else 'a protocol stub (KITH_TEST_MEILI_URL is not set)'}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in dict.fromkeys(_skipped):
        terminalreporter.write_line(f"!!! {line}", red=True, bold=True)


def absent(line: str) -> None:
    """Where a program is missing: said aloud, and a failure in CI."""
    if os.environ.get("CI"):
        pytest.fail(line)
    _skipped.append(line)
    pytest.skip(line)


def pytest_collection_finish() -> None:
    """What was imported and collected is no garbage."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What has a database of its own is left out of `make test-fast`."""
    for item in items:
        if {"sqlite_template", "new_database"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("stored")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The cluster of this test run."""
    programs = server_programs()
    if programs is None:
        absent(SILENT)
        raise AssertionError("unreachable")
    cluster = Cluster(programs)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A redis-server of this test run."""
    if not redis_support.installed():
        absent("redis-server is not installed on this machine: its tests did not run (apt install redis-server)")
    server = redis_support.RedisServer()
    yield server.url
    server.stop()


class _Engines:
    """One engine a dialect for the whole process, turned to the database at hand, so that compiled SQL is kept."""

    def __init__(self, make: Callable[[str], Engine]) -> None:
        self._make = make
        self._kept: dict[str, Engine] = {}
        self._urls: dict[str, URL] = {}

    def __call__(self, url: str) -> Engine:
        if url != settings().database:
            return self._make(url)
        found = make_url(url)
        name = found.get_backend_name()
        self._urls[name] = found
        if name not in self._kept:
            engine = self._kept[name] = self._make(url)

            @event.listens_for(engine, "do_connect")
            def _turn(dialect: Any, _record: Any, positional: list[Any], named: dict[str, Any]) -> None:
                args, options = dialect.create_connect_args(self._urls[name])
                positional[:] = args
                named.update(options)

        return self._kept[name]


@pytest.fixture(scope="session", autouse=True)
def lasting_engines() -> Iterator[None]:
    """The engines of this process are made once; `db.dispose` closes their connections all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "make_engine", _Engines(db.make_engine))
        yield
        db.dispose()


def _use(monkeypatch: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    monkeypatch.setenv("KITH_DATABASE_URL", url)
    monkeypatch.setenv("KITH_DATA_DIR", str(folder))
    settings.cache_clear()
    db.dispose()


def _migrated(url: str, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _use(patch, url, folder)
        migrate()
        db.dispose()
    settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "kith.db"
    _migrated(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty PostgreSQL database to copy."""
    name = postgres_cluster.create()
    _migrated(postgres_cluster.url(name), tmp_path_factory.mktemp("template-pg"))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[bool], str]]:
    """Makes databases of one of the two kinds, migrated or bare; gives the URL."""
    made: list[str] = []

    def sqlite(migrated: bool) -> str:
        path = tmp_path / f"db{len(made)}" / "kith.db"
        path.parent.mkdir()
        made.append(str(path))
        if migrated:
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"

    def postgresql(migrated: bool) -> str:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        template = request.getfixturevalue("postgres_template") if migrated else "template0"
        made.append(cluster.create(template))
        return cluster.url(made[-1])

    yield sqlite if request.param == "sqlite" else postgresql
    db.dispose()
    if request.param == "postgresql":
        for name in made:
            request.getfixturevalue("postgres_cluster").drop(name)


@pytest.fixture(scope="session")
def wired() -> None:
    """Every kind, hook and consumer is registered, as in the app."""
    from crm_app.wire import wire

    wire()


@pytest.fixture
def database_url(
    wired: None, new_database: Callable[[bool], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A migrated database of this test alone, in the settings; runs on SQLite and on PostgreSQL."""
    url = new_database(True)
    _use(monkeypatch, url, tmp_path / "data")
    yield url
    db.dispose()
    settings.cache_clear()


@pytest.fixture
def bare_database(
    new_database: Callable[[bool], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """As `database_url`, but without any table."""
    url = new_database(False)
    _use(monkeypatch, url, tmp_path / "data")
    yield url
    db.dispose()
    settings.cache_clear()


@pytest.fixture
def sqlite_database(
    wired: None, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A migrated SQLite database of this test alone, for what does not depend on the database."""
    path = tmp_path / "kith.db"
    shutil.copy(sqlite_template, path)
    _use(monkeypatch, f"sqlite:///{path}", tmp_path / "data")
    yield f"sqlite:///{path}"
    db.dispose()
    settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """Argon2 at its least for the tests of this process, which hash a thousand times; gives the one that users get."""
    real = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real
