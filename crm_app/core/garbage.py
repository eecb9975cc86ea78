"""Python's cycle collector, told what a server is like: much that stays from the start, then short-lived objects.

With 200 open boards a look at everything that was imported took up to 0.3 s, again and again, while all waited.
"""

import gc

YOUNG, MIDDLE, OLD = 20_000, 20, 20


async def settle() -> None:
    """Once everything is there: leave it out of all later collections, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
