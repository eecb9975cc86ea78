"""What holds for deals: next steps, rot and the order in a column. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crm_app.core.reader import near_day, short_day, weekday_name

Tone = Literal["red", "green", "amber", "grey"]
STEP_GAP = 1.0
# Ranks are seconds since 1970, where two floats are 2.4e-7 apart.
LEAST_GAP = 1e-5
EASY_GAP = 1e-2


@dataclass(frozen=True)
class Step:
    """The next planned activity of a deal; `due` is a date in the reader's time zone."""

    due: date
    label: str = ""


def step_tone(step: Step | None, today: date) -> Tone:
    """Amber without a next step, red when overdue, green today, grey later."""
    if step is None:
        return "amber"
    if step.due < today:
        return "red"
    return "green" if step.due == today else "grey"


def step_label(step: Step | None, quiet: int, is_rotten: bool, today: date) -> str:
    """The words beside the dot: `2 days overdue`, `Call today`, `Demo Thu`, `No next step`, `41 days quiet`."""
    if step is None:
        if not is_rotten:
            return "No next step"
        return f"{quiet} days quiet" if quiet < 365 else "Quiet for over a year"
    late = (today - step.due).days
    if late > 0:
        return f"{late} day{'s' if late > 1 else ''} overdue"
    name = step.label or "Task"
    if late == 0:
        return f"{name} today"
    return f"{name} {weekday_name(step.due)}" if late > -7 else f"{name} {short_day(step.due)}"


def closed_label(kind: str, closed: date | None, today: date) -> str:
    """`Won 31 Dec`, with the year if it is another one; only `Won` without a date."""
    if closed is None:
        return kind.capitalize()
    return f"{kind.capitalize()} {near_day(closed, today)}"


def days_quiet(last_interaction: date | None, moved: date, today: date) -> int:
    """Days since somebody really spoke with the customer or the deal came to its stage, never negative."""
    return max((today - max(last_interaction or moved, moved)).days, 0)


def is_rotten(quiet: int, rot_days: int, step: Step | None, today: date) -> bool:
    """A deal rots after the stage's days of silence, unless something is planned; 0 days means never."""
    planned = step is not None and step.due >= today
    return rot_days > 0 and quiet > rot_days and not planned


def rank_between(above: float | None, below: float | None, top: float) -> float | None:
    """A place between two neighbours, None if there is no room; `top` is a rank above all others of the column."""
    if above is None:
        return top if below is None else below - STEP_GAP
    if below is None:
        return above + STEP_GAP
    return (above + below) / 2 if below - above >= LEAST_GAP else None


def spread(count: int, above: float | None, below: float | None, top: float) -> list[float] | None:
    """Even ranks for that many cards between two that stay; None if that is not room enough and more must move."""
    if above is not None and below is not None:
        gap = (below - above) / (count + 1)
        return [above + gap * (n + 1) for n in range(count)] if gap >= EASY_GAP else None
    if above is not None:
        return [above + STEP_GAP * (n + 1) for n in range(count)]
    first = top if below is None else below - STEP_GAP * count
    return [first + STEP_GAP * n for n in range(count)]
