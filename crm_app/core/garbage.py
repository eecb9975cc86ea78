"""Memory, told what a server is like: much that stays from the start, then short-lived objects of many threads.

With 200 open boards a look at everything that was imported took up to 0.3 s, again and again, while all waited.
"""

import ctypes
import gc
import sys

M_ARENA_MAX, ARENAS = -8, 2  # malloc.h of the GNU C library; see mallopt(3)
YOUNG, MIDDLE, OLD = 20_000, 20, 20
OF_BULK = 10_000_000  # never amid a large command, whose records are all still needed; `collect_between` does it
KEPT = 200_000  # so many objects that large commands left are a reason to look which of them are garbage


def share_arenas() -> None:
    """Before threads start: let them share two heaps. Each of their own keeps what it freed, which nobody else gets."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def hold() -> None:
    """While a server is loaded: nothing of it is garbage, so do not look for any until `settle`."""
    gc.disable()


async def settle() -> None:
    """Once everything is there: leave it out of all later collections, and collect less often."""
    gc.enable()
    gc.collect()
    collect_seldom()


def collect_seldom(young: int = YOUNG) -> None:
    """What is there stays; thousands of records in hand at once are no reason to look through all of them again."""
    gc.freeze()
    gc.set_threshold(young, MIDDLE, OLD)


def collect_between() -> None:
    """After a large command: once much was left, what holds only itself goes, and the rest is looked at no more."""
    if gc.get_count()[0] > KEPT:
        gc.collect(0)
