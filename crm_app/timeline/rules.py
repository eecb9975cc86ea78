"""What holds for timelines: places in them, filters, days, the words for activities. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from crm_app.core.reader import day_of_week, short_day_of_week
from crm_app.core.text import id_of

ACTIVITIES = ("note", "call", "meeting", "task", "email")
KINDS = (*ACTIVITIES, "deal", "file", "change")
NAMES = {
    "note": "Notes",
    "call": "Calls",
    "meeting": "Meetings",
    "task": "Tasks",
    "email": "E-mails",
    "deal": "Deals",
    "file": "Files",
    "change": "Changes",
}
PLANNABLE = frozenset({"call", "meeting", "task", "email"})
DONE = {"note": "noted", "call": "called", "meeting": "met", "task": "finished", "email": "wrote an e-mail"}
RECEIVED = "received an e-mail"
WAYS = ("sent", "received")
PLANNED = {"call": "plans to call", "meeting": "plans to meet", "task": "has to do", "email": "plans to write"}


@dataclass(frozen=True)
class Place:
    """A place on a timeline, which runs from the newest to the oldest; ids are unique in the whole installation."""

    at: datetime
    id: int

    def write(self) -> str:
        """As the browser keeps it."""
        return f"{self.at.astimezone(UTC).isoformat()}~{self.id}"


def read_place(text: str) -> Place | None:
    """What `Place.write` wrote; None for anything else."""
    at, _, id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    number = id_of(id)
    return None if moment.tzinfo is None or number is None else Place(moment, number)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see of a timeline: some kinds (empty: all), some text, from a place on."""

    kinds: frozenset[str] = frozenset()
    text: str = ""
    after: Place | None = None

    def wants(self, kind: str) -> bool:
        """Is this kind asked for?"""
        return not self.kinds or kind in self.kinds


def read_wish(kinds: str, text: str, after: str = "") -> Wish:
    """From what the browser sends; unknown kinds count as absent."""
    wanted = frozenset(k for k in kinds.split(",") if k in KINDS)
    return Wish(wanted, " ".join(text.split())[:200], read_place(after))


def day_label(day: date, today: date) -> str:
    """`Today`, `Yesterday`, `Tomorrow`, `Friday, 20 November`, with the year if it is another one."""
    near = {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get((today - day).days)
    if near:
        return near
    return day_of_week(day, today)


def due_label(at: datetime, today: date, *, all_day: bool = False) -> str:
    """When something planned is due, in the zone of `at`: `Today 15:00`, `3 days overdue`, `Fri 4 Dec`."""
    late = (today - at.date()).days
    if late > 0:
        return f"{late} day{'s' if late > 1 else ''} overdue"
    clock = "" if all_day or (at.hour, at.minute) == (0, 0) else f" {at:%H:%M}"
    if late == 0:
        return "Today" + clock
    if late == -1:
        return "Tomorrow" + clock
    return short_day_of_week(at, today) + clock


def due_tone(at: datetime, today: date) -> str:
    """Red when overdue, green today, nothing later."""
    return "r" if at.date() < today else "g" if at.date() == today else ""
