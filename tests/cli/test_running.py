"""The commands beside a running server: the demo's sign-ins, a backup, a refused restore; then the restore."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crm_app import serve
from crm_app.core import db
from crm_app.core.config import settings
from crm_app.demo.logins import ACCOUNTS, open_accounts
from crm_app.demo.marks import mark_seeded
from crm_app.migrations import migrate, status
from tests.http.conftest import using
from tests.support import forks
from tests.support.builders import make_company
from tests.support.server import Server, running_server

pytestmark = pytest.mark.slow
LOGIN = re.compile(r"^ {4}(administrator|manager|seller|marketer|agent) +(\S+@\S+) +(\S+)$", re.MULTILINE)


def kith(server: Server, *words: str) -> Any:
    """Run the command beside the server, or after it; answers with its report. Raises AssertionError if refused."""
    done = forks.kith(words, server.env)
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


@pytest.mark.server
def test_the_demo_is_served_backed_up_and_restored(wired: None, tmp_path: Path) -> None:
    folder, url, archive = tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'kith.db'}", str(tmp_path / "kith.zip")
    folder.mkdir()
    with using(url, folder):  # as if the demo had been loaded before, which takes a while and is tested elsewhere
        migrate()
        make_company(name="Paper Moon")
        db.write_sync(open_accounts)
        db.write_sync(mark_seeded)
    with running_server(folder, url, command=("demo",)) as server:
        logins = LOGIN.findall(server.output())
        assert [(role, email) for role, email, _ in logins] == [(a.title, a.email) for a in ACCOUNTS]
        assert len({server.sign_in(email, password) for _, email, password in logins}) == 5
        assert f"serving on {server.base_url}" in server.output()
        made = kith(server, "backup", archive, "--json")
        assert made["path"] == archive and made["revision"] == status_of(url, folder)
        assert made["size"] == Path(archive).stat().st_size and made["rows"] > 5
        assert forks.kith(["backup", archive], server.env).returncode == 1  # nothing is overwritten
        refused = forks.kith(["restore", archive, "--json"], server.env)
        assert refused.returncode == 1 and "stop it first" in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1
        kith(server, "user", "add", "late@example.org", "--name", "Late", "--json")
        assert server.stop() == 0
    restored = kith(server, "restore", archive, "--json")
    assert (restored["revision"], restored["rows"]) == (made["revision"], made["rows"])
    assert Path(restored["aside"]).exists()
    assert kith(server, "check", "--json") == {"problems": []}
    kith(server, "user", "add", "late@example.org", "--name", "Late", "--json")  # who came after the backup is gone


def status_of(url: str, folder: Path) -> str | None:
    with using(url, folder):
        return status().current


def test_a_benchmark_reports_as_json() -> None:
    done = forks.kith(["bench", "paper", "--json"], os.environ)
    assert done.returncode == 0, done.stderr
    (figures,) = json.loads(done.stdout).values()
    assert figures["five_lines"]["n"] == 60 and figures["five_lines_a_second_a_core"]["least"] == 15
    assert forks.kith(["bench", "nothing", "--json"], os.environ).returncode == 1


def test_the_development_server_is_bound_to_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it starts is told to listen there only; with hot reload no server of the project listens elsewhere."""
    begun: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **_: object) -> None:
            begun.append(command)

        def poll(self) -> int:
            return 0

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", os.environ | {"KITH_HOST": "0.0.0.0", "KITH_DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(serve, "frontend_environment", dict)
    monkeypatch.setattr(serve, "_prepare_pages", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(serve, "_end", lambda _process: None)
    serve.dev(8123)
    server, pages = begun
    assert 'run_backend("127.0.0.1", 8124, ' in server[-1]
    assert "frontend_present=True" in server[-1], "or what changes would be loaded, but no page compiled"
    assert pages[pages.index("--host") + 1 :] == ["127.0.0.1", "--port", "8123"]
    assert os.environ["KITH_HOST"] == "127.0.0.1"
    assert settings().base_url == "http://localhost:8124", "the link to the first user leads there"
    watched = [Path(folder) for folder in os.environ["REFLEX_HOT_RELOAD_OVERRIDE_PATHS"].split(":")]
    assert serve.ROOT / "crm_app" in watched and all(folder.is_dir() for folder in watched)
    assert serve.ROOT not in watched, "a database written in `data` would restart it again and again"
    settings.cache_clear()
    assert "http://localhost:8124/sign-in" in capsys.readouterr().out
