"""A rebuild beside a running server: its new inline scripts are allowed and its new pages found, at once."""

import base64
import hashlib
import os
from pathlib import Path

import pytest

from crm_app.http import built as module
from crm_app.http.built import built
from crm_app.http.headers import is_built_folder


def write_build(folder: Path, script: str, page: str, at: int) -> str:
    """A build of two pages, finished at that second; the CSP source of its script by the book."""
    html = f"<html><script src='x.js'></script><script>{script}</script></html>"
    (folder / page).mkdir(parents=True, exist_ok=True)
    for path in (folder / page / "index.html", folder / "index.html"):
        path.write_text(html)
        os.utime(path, (at, at))
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def test_a_rebuild_is_noticed_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUILT", tmp_path)
    assert built().scripts == () and not is_built_folder("/deals")
    first = write_build(tmp_path, "start(1)", "deals", 1_000)
    assert built().scripts == (first,) and is_built_folder("/deals") and not is_built_folder("/people")
    second = write_build(tmp_path, "start(2)", "people", 2_000)
    assert second in built().scripts and is_built_folder("/people")
