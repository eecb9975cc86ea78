"""A server holds a shared lock on its data folder; a restore needs it for itself."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from crm_app.core.errors import KithError

NAME = "kith.lock"


class Locked(KithError):
    """Somebody else holds the lock in a way that excludes this one."""


class Lock:
    """A held lock; it ends with `release`, or with the process and what it has exec'ed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def hold_lock(data_dir: Path, *, exclusive: bool = False) -> Lock:
    """Hold the lock of a data folder, shared unless `exclusive`. Raises Locked at once, never waits.

    The descriptor survives an exec, so that a launcher can take it for the server it becomes."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Locked("Kith is running on this data folder" if exclusive else "a restore is running") from None
    os.set_inheritable(descriptor, True)
    return Lock(descriptor)


def is_locked(data_dir: Path) -> bool:
    """Whether a server, a worker or a restore holds this data folder."""
    if not (data_dir / NAME).exists():
        return False
    try:
        hold_lock(data_dir, exclusive=True).release()
    except Locked:
        return True
    return False
