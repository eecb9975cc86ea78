"""The folder of the index: generations beside each other, the name of the one in use, and the locks."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from search.port import Damaged, Missing

CURRENT, WHOLE, DAMAGED = "current", "whole.json", "damaged"


class Folder:
    """Generations are folders `g-…`; one is in use when `current` names it and it holds a whole index of `version`."""

    def __init__(self, path: Path, version: str) -> None:
        self.path, self._version = path, version

    def current(self) -> Path:
        """The generation in use. Raises Missing if there is none, Damaged if it is not whole or of another version."""
        try:
            name = (self.path / CURRENT).read_text().strip()
        except (OSError, ValueError):
            raise Missing("there is no search index") from None
        try:
            whole = json.loads((self.path / name / WHOLE).read_text())
        except (OSError, ValueError):
            raise Damaged("the search index is not whole") from None
        if not name.startswith("g-") or whole.get("format") != self._version:
            raise Damaged("the search index is of another version")
        if (self.path / name / DAMAGED).exists():
            raise Damaged("the search index is damaged")
        return self.path / name

    def begin(self) -> Path:
        """A new, empty generation."""
        made = self.path / f"g-{uuid4().hex[:12]}"
        made.mkdir(parents=True)
        return made

    def finish(self, made: Path) -> None:
        """Put a generation into use, and remove all others; who reads them keeps their files until it looks again."""
        (made / WHOLE).write_text(json.dumps({"format": self._version}))
        part = self.path / f"{CURRENT}.{made.name}"
        part.write_text(made.name)
        os.replace(part, self.path / CURRENT)
        for other in self.path.glob("g-*"):
            if other != made:
                shutil.rmtree(other, ignore_errors=True)

    def mark_damaged(self, generation: Path) -> None:
        """Whoever finds an unreadable file says so to the others."""
        with contextlib.suppress(OSError):
            (generation / DAMAGED).touch()

    @contextlib.contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Wait for the lock of that name; it holds between processes and between threads."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
