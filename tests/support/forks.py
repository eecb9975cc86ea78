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
from crm_app.wire import wire

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
    return _captured(_command, list(arguments), environment)


def python(code: str, environment: Mapping[str, str]) -> str:
    """Run a piece of Python; answers with what it printed. Raises CalledProcessError, TimeoutError."""
    done = _captured(_code, [code], environment)
    done.check_returncode()
    return done.stdout


def _captured(
    work: Callable[[list[str]], None], words: list[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        process = fork(_speak, work, words, *said, environment=environment)
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{words} took more than {SECONDS} s")
        out, err = (file.read_text(encoding="utf-8") for file in said)
    return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _speak(work: Callable[[list[str]], None], words: list[str], out: Path, err: Path) -> None:
    with out.open("w", encoding="utf-8") as stdout, err.open("w", encoding="utf-8") as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        sys.stdout, sys.stderr = stdout, stderr
        work(words)


def _command(words: list[str]) -> None:
    sys.argv = ["kith", *words]
    cli.main()


def _code(words: list[str]) -> None:
    wire()
    exec(compile(words[0], "<journey>", "exec"), {"__name__": "__main__"})  # noqa: S102
