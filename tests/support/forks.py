"""Processes of their own, forked from one that has all of Kith imported: fresh as any, but at once."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from crm_app import cli
from crm_app.core.config import settings

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])
SECONDS = 120


def fork(work: Callable[..., None], *args: Any, environment: Mapping[str, str] | None = None) -> ForkServerProcess:
    """Start `work(*args)` with these variables, or those of this process."""
    process = _context.Process(target=_begin, args=(dict(environment or os.environ), work, args))
    process.start()
    return process


def _begin(environment: Mapping[str, str], work: Callable[..., None], args: Sequence[Any]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    work(*args)


def pipe() -> tuple[Any, Any]:
    """Two ends: to receive, to send."""
    return _context.Pipe(duplex=False)


def kith(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the `kith` command; answers with its exit code and what it printed. Raises TimeoutError."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        process = fork(_command, list(arguments), *said, environment=environment)
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"kith {' '.join(arguments)} took more than {SECONDS} s")
        out, err = (file.read_text(encoding="utf-8") for file in said)
    return subprocess.CompletedProcess(list(arguments), process.exitcode, out, err)


def _command(arguments: list[str], out: Path, err: Path) -> None:
    sys.argv = ["kith", *arguments]
    with out.open("w", encoding="utf-8") as stdout, err.open("w", encoding="utf-8") as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        sys.stdout, sys.stderr = stdout, stderr
        cli.main()
