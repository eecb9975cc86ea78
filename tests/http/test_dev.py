"""`kith run --dev`, in a copy of the sources: it writes their pages anew, amid what other tests serve."""

import shutil
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.http.conftest import House
from tests.support.server import ROOT, free_port, running_server

pytestmark = [pytest.mark.server, pytest.mark.slow]
NEEDED = ("crm_app", "search", "assets", "reflex.lock", "rxconfig.py", "pyproject.toml")
PATIENCE = 90  # seconds for what takes ten alone on a machine


@pytest.fixture
def tree(house: House, tmp_path: Path) -> Path:
    """The sources and what was built of them, but the packages of the pages, which are lent."""
    made, web = tmp_path / "tree", ROOT / ".web"
    made.mkdir()
    for name in NEEDED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, made / name)
    shutil.copytree(web, made / ".web", ignore=lambda at, _: ("node_modules", "build") if at == str(web) else ())
    (made / ".web" / "node_modules").symlink_to(web / "node_modules")
    return made


def test_pages_and_server_come_up_for_development_and_end_together(tree: Path, tmp_path: Path) -> None:
    port = free_pair()
    with running_server(tmp_path / "data", port=port, command=("run", "--dev"), cwd=tree, waits=False) as server:
        page = answered(f"http://localhost:{port}/", server.process.poll)
        assert page.status_code == 200 and "<!DOCTYPE html>" in page.text and "/app/root.js" in page.text
        door = answered(f"http://localhost:{port + 1}/sign-in", server.process.poll)
        assert door.status_code == 200 and "Sign in" in door.text
        assert f"sign in at http://localhost:{port + 1}/sign-in" in server.output()
        assert server.stop() == 0
    for one in (port, port + 1):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", one)) != 0, "it goes on"


def free_pair() -> int:
    """A port that nobody listens on, nor on the next."""
    while True:
        port = free_port()
        with socket.socket() as probe:
            if port < 65_535 and probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port


def answered(address: str, ended) -> httpx.Response:
    """The first answer from there. Raises AssertionError if the server ends, or says nothing for long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and ended() is None:
        try:
            return httpx.get(address, timeout=PATIENCE)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}")
