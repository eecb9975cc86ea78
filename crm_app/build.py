"""Builds the pages: only when a source changed, with npm from PyPI, and so that one build serves under any address."""

import fcntl
import gzip
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / ".web"
CLIENT = WEB / "build" / "client"
STAMP = WEB / "kith-build.sha256"
LOCK = ROOT / "reflex.lock" / "package-lock.json"
SOURCES = {".py", ".js", ".jsx", ".css"}
NOT_PAGES = {"migrations", "jobs", "backup", "bench", "__pycache__"}
BAKED = re.compile(r"""([`"'])(http|ws)s?://localhost:\d+(/[^`"']*)\1""")


def frontend_environment() -> dict[str, str]:
    """What npm and Reflex are told: Node from PyPI, one registry, no telemetry."""
    beside_python = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if beside_python not in path.split(os.pathsep):
        path = beside_python + os.pathsep + path
    chosen = {
        "PATH": path,
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "REFLEX_UPLOADED_FILES_DIR": str(WEB / "uploads"),
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_AUDIT": "false",
    }
    if "NPM_CONFIG_REGISTRY" not in os.environ:  # or Reflex tries several by itself
        asked = subprocess.run(
            ["npm", "config", "get", "registry"], env=os.environ | chosen, capture_output=True, text=True, check=True
        )
        chosen["NPM_CONFIG_REGISTRY"] = asked.stdout.strip()
    return chosen


def digest() -> str:
    """SHA-256 over everything from which the pages are made."""
    total = hashlib.sha256(importlib.metadata.version("reflex").encode())
    files = [ROOT / "rxconfig.py", *sorted((ROOT / "reflex.lock").glob("*.json"))]
    files += sorted(p for p in (ROOT / "assets").rglob("*") if "external" not in p.parts)
    files += sorted(p for p in (ROOT / "crm_app").rglob("*") if p.suffix in SOURCES and not NOT_PAGES & set(p.parts))
    for path in files:
        if path.is_file():
            total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def is_current() -> bool:
    """Is there a build of exactly these sources?"""
    return STAMP.exists() and (CLIENT / "index.html").exists() and STAMP.read_text() == digest()


def build(*, force: bool = False) -> bool:
    """Build if a source changed (or `force`); True if it did. Raises CalledProcessError if the build fails."""
    if not force and is_current():
        return False
    with _alone():
        if not force and is_current():
            return False
        started = time.monotonic()
        print("kith: building the pages …", flush=True)
        STAMP.unlink(missing_ok=True)
        shutil.rmtree(WEB / "public", ignore_errors=True)  # Reflex keeps a copy that is not older than its source
        environment = os.environ | frontend_environment() | {"REFLEX_ENV_MODE": "prod"}
        reflex = str(Path(sys.executable).with_name("reflex"))
        done = subprocess.run(
            [reflex, "export", "--no-zip", "--env", "prod"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            print(done.stdout, file=sys.stderr, flush=True)
            raise subprocess.CalledProcessError(done.returncode, "reflex export")
        relocate()
        strip_addresses()
        STAMP.write_text(digest())
        print(f"kith: pages built in {time.monotonic() - started:.0f} s", flush=True)
    return True


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time, whoever asks."""
    WEB.mkdir(exist_ok=True)
    with open(WEB / "kith-build.lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def relocate() -> None:
    """Let the address of the server, baked into one chunk, follow the page's own. Raises RuntimeError if not found."""
    changed = 0
    for path in (CLIENT / "assets").glob("*.js"):
        text = path.read_text()
        if "localhost:" not in text:
            continue
        text, count = BAKED.subn(_own_origin, text)
        if count:
            changed += count
            path.write_text(text)
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    if changed < 3:
        raise RuntimeError("the chunk with the server's address has changed its shape")


def _own_origin(found: re.Match[str]) -> str:
    socket = ".replace(/^http/,'ws')" if found[2] == "ws" else ""
    return f'(location.origin{socket}+"{found[3]}")'


def strip_addresses() -> None:
    """The npm lock names no registry, and both files are always written the same way."""
    for path in (LOCK, LOCK.with_name("package.json")):
        if not path.exists():
            continue
        held = json.loads(path.read_text())
        for entry in held.get("packages", {}).values():
            if not entry.get("link"):
                entry.pop("resolved", None)
        text = json.dumps(held, indent=2, sort_keys=path != LOCK) + "\n"
        if text != path.read_text():
            path.write_text(text)
