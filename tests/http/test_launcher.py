"""The launcher: no build where nothing changed, a clean stop, several processes only with Redis, revocation across."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from crm_app import build
from crm_app.core import db
from crm_app.identity import sessions
from tests.http.conftest import House, using
from tests.support.server import ROOT, running_server, server_environment
from tests.support.sockets import connected

NEVER_ENDS = """
ALTER TABLE "{0}" RENAME TO {0}_before;
CREATE VIEW "{0}" AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT old.* FROM (SELECT max(i) AS most FROM n) CROSS JOIN {0}_before AS old WHERE most > 0;
"""
pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_the_second_start_builds_nothing_and_stops_cleanly(house: House, tmp_path: Path) -> None:
    started = time.monotonic()
    with running_server(tmp_path / "data") as server:
        taken = time.monotonic() - started
        assert "building the pages" not in server.output() and "Traceback" not in server.output()
        with closing(sqlite3.connect(server.data_dir / "kith.db")) as inside:
            for table in ("user_session", "user"):
                inside.executescript(NEVER_ENDS.format(table))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(server.base_url, cookies={"kith_session": "whoever"}, timeout=0.2)
        assert server.stop(signal.SIGTERM) == 0  # although who asks is still being looked up
    assert taken < 30  # 2 s alone on the machine; the bench measures it


def test_several_processes_need_redis(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crm_app.cli", "run", "--workers", "2"]
    env = server_environment(tmp_path, None, 1)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "KITH_REDIS_URL" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.redis
async def test_a_revocation_reaches_the_other_process(house: House, redis_url: str) -> None:
    """Two processes, one database: a command elsewhere ends the session; both close its sockets within 2 s."""
    with (
        running_server(house.server.data_dir / "two", house.database_url, redis_url=redis_url, workers=2) as server,
        using(house.database_url, house.server.data_dir),
    ):
        cookie = server.sign_in(house.email("sales"), "correct horse 1")
        public_id = await db.read(sessions.find_session, sessions.hash_token(cookie))
        assert public_id
        tabs = [connected(server, cookie) for _ in range(6)]
        opened = [await tab.__aenter__() for tab in tabs]
        await db.write(sessions.revoke, public_id)
        await asyncio.wait_for(asyncio.gather(*(tab.closed.wait() for tab in opened)), 2)
        assert server.stop(signal.SIGTERM) == 0


def test_the_lock_names_no_registry() -> None:
    text = build.LOCK.read_text()
    assert '"resolved"' not in text and "http" not in text.replace('"url": "https://', "").partition("packages")[0]
    assert '"integrity"' in text


def test_the_digest_follows_the_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "crm_app").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "rxconfig.py").write_text("a")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    seen = {build.digest()}
    for name in ("rxconfig.py", "crm_app/x.py", "crm_app/x.jsx", "assets/x.css"):
        (tmp_path / name).write_text(f"b{name}")
        seen.add(build.digest())
    assert len(seen) == 5
    (tmp_path / "crm_app" / "notes.txt").write_text("c")
    assert build.digest() in seen


def test_the_address_in_the_chunk_follows_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    chunk = tmp_path / "assets" / "reflex-env-x.js"
    chunk.write_text(
        "e={A:`http://localhost:8000/ping`,B:'ws://localhost:8000/_event',C:\"http://localhost:8000/_upload\"}"
    )
    monkeypatch.setattr(build, "CLIENT", tmp_path)
    build.relocate()
    assert "localhost" not in chunk.read_text() and "location.origin.replace(/^http/,'ws')" in chunk.read_text()
    with pytest.raises(RuntimeError):
        build.relocate()
