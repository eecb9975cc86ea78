"""Numbers for answers to a browser."""

from threading import Lock
from time import time_ns

_lock = Lock()
_last = 0


def fresh() -> int:
    """A number greater than that of every earlier answer, also of another process or of one before a restart: the
    milliseconds of the clock, or the next one that is free.
    """
    global _last
    with _lock:
        _last = max(_last + 1, time_ns() // 1_000_000)
        return _last
