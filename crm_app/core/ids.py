"""Numbers for answers to a browser."""

from itertools import count
from time import time_ns

_numbers = count(time_ns() // 1_000_000)


def fresh() -> int:
    """A number that no earlier answer had, not even one of the server before a restart; it grows."""
    return next(_numbers)
