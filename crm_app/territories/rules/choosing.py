"""Whose turn it is: one after the other, whoever has least, or whoever has most room left."""

from collections.abc import Sequence
from dataclasses import dataclass

METHODS = ("round_robin", "least_loaded", "capacity")
METHOD_NAMES = {
    "round_robin": "In turn",
    "least_loaded": "Whoever has least",
    "capacity": "Whoever has most room",
    "territory": "By territory",
}


@dataclass
class Candidate:
    """Somebody who may get a record: how many are open already, and how many at most (None: no limit)."""

    user_id: int
    open: int = 0
    most: int | None = None
    away: bool = False

    @property
    def is_free(self) -> bool:
        """Here, and not full."""
        return not self.away and (self.most is None or self.open < self.most)


def choose(method: str, candidates: Sequence[Candidate], last: int | None) -> Candidate | None:
    """Who gets the next record; `last` had the last turn. None where nobody is free. Ties go in the given order.

    `capacity` takes whoever has most room left; those without a limit come after all who have one.
    """
    free = [c for c in candidates if c.is_free]
    if not free:
        return None
    if method == "round_robin":
        return _next(candidates, last)
    if method == "capacity":
        limited = [c for c in free if c.most is not None]
        if limited:
            return max(limited, key=lambda c: (c.most or 0) - c.open)
    return min(free, key=lambda c: c.open)


def _next(candidates: Sequence[Candidate], last: int | None) -> Candidate | None:
    """The first one free after the last, around the circle; somebody who left the circle starts it anew."""
    place = next((n for n, c in enumerate(candidates) if c.user_id == last), -1)
    around = [*candidates[place + 1 :], *candidates[: place + 1]]
    return next((c for c in around if c.is_free), None)
