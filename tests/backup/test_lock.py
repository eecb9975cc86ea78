"""The lock of the data folder: servers share it, a restore needs it alone."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from crm_app.backup.lock import Locked, hold_lock, is_locked
from crm_app.backup.privacy import keep_private


def test_servers_share_a_restore_does_not(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with hold_lock(tmp_path), hold_lock(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(Locked):
            hold_lock(tmp_path, exclusive=True)
    assert not is_locked(tmp_path)
    with hold_lock(tmp_path, exclusive=True), pytest.raises(Locked):
        hold_lock(tmp_path)


def test_it_survives_exec_and_ends_with_the_process(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from crm_app.backup.lock import hold_lock\n"
        f"hold_lock(pathlib.Path({str(tmp_path)!r}))\n"
        "os.execv(sys.executable, [sys.executable, '-c', 'print(1, flush=True); input()'])\n"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout and server.stdout.readline()
    assert is_locked(tmp_path)
    server.kill()
    server.communicate()
    assert not is_locked(tmp_path)


def test_a_folder_that_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The database in it holds password hashes."""
    hold_lock(tmp_path / "data").release()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0o755, 0o700, "now by its owner alone"),
        (0o777, 0o700, "now by its owner alone"),
        (0o700, 0o700, ""),
        (0o750, 0o750, ""),
        (0o775, 0o775, "its group was left as it is"),
        (0o2755, 0o2755, "its group was left as it is"),
        (0o2770, 0o2770, ""),
    ],
)
def test_a_folder_that_all_could_read_is_closed_and_one_of_a_group_is_left(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    after: int,
    said: str,
) -> None:
    monkeypatch.setattr(logging.getLogger("kith"), "propagate", True)
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(before)
    keep_private(folder)
    assert folder.stat().st_mode & 0o7777 == after
    assert [said in message for message in caplog.messages] == ([True] if said else [])
