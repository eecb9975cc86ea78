"""What became of each deal between two looks at a forecast; what it adds to the sum or takes from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from crm_app.forecast.rules.categories import COUNTED

CAME, WENT, MOVED = ("new", "moved_in", "handed_in", "back"), ("lost", "moved_out", "handed_out", "left_out"), ("won",)
MOVES = (*CAME, *WENT, *MOVED, "category", "up", "down")
MOVE_NAMES = {
    "new": "New deals",
    "moved_in": "Close date moved in",
    "handed_in": "Came from a colleague",
    "back": "Counted again",
    "lost": "Lost or deleted",
    "moved_out": "Close date moved out",
    "handed_out": "Went to a colleague",
    "left_out": "Left out",
    "won": "Won",
    "category": "Other category",
    "up": "Value went up",
    "down": "Value went down",
}


@dataclass(frozen=True)
class Standing:
    """A deal at one moment: its category, value, owner, and the day on which it closes or closed."""

    category: str
    value: int
    day: date | None
    owner_id: int | None = None
    gone: bool = False


@dataclass(frozen=True)
class Window:
    """What a forecast counts: days from `start` until before `end`, of owners for whom `includes` holds."""

    start: date
    end: date
    includes: Callable[[int | None], bool] = lambda _owner: True

    def has_day(self, at: Standing) -> bool:
        return at.day is not None and self.start <= at.day < self.end

    def counts(self, at: Standing | None) -> bool:
        """Does this standing add to the forecast?"""
        if at is None or at.gone or at.category not in COUNTED:
            return False
        return self.has_day(at) and self.includes(at.owner_id)


def movement(then: Standing | None, now: Standing | None, window: Window) -> tuple[str, int] | None:
    """What happened to a deal and by how much the sum changed; None if nothing did that the forecast shows."""
    was, stands = window.counts(then), window.counts(now)
    if not was and not stands:
        return None
    if stands and now is not None and not was:
        return _came(then, now, window), now.value
    if was and then is not None and not stands:
        return _went(then, now, window), -then.value
    assert then is not None and now is not None
    change = now.value - then.value
    if now.category == "won" and then.category != "won":
        return "won", change
    if now.category != then.category:
        return "category", change
    return ("up" if change > 0 else "down", change) if change else None


def _came(then: Standing | None, now: Standing, window: Window) -> str:
    if then is None:
        return "new"
    if not window.includes(then.owner_id):
        return "handed_in"
    if then.gone or then.category not in COUNTED:
        return "back"
    return "moved_in"


def _went(then: Standing, now: Standing | None, window: Window) -> str:
    if now is None or now.gone or now.category == "lost":
        return "lost"
    if not window.includes(now.owner_id):
        return "handed_out"
    return "left_out" if now.category not in COUNTED else "moved_out"
