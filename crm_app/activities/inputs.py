"""What the dialog of an activity sends, as fields of the catalogue. Times are of the writer's zone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.activities.kind import OUTCOMES, PRIORITIES
from crm_app.core.errors import Invalid
from crm_app.core.recurrence import PLAIN, read_rule
from crm_app.core.text import id_of
from crm_app.records.guests import read_guests

PLANNABLE = ("call", "meeting", "task")
TEXTS = ("subject", "body", "place", "agenda", "meeting_minutes")
REFS = ("owner_id", "deal_id", "person_id", "company_id")
FORM = frozenset(
    {*TEXTS, *REFS, *(r + "_text" for r in REFS), "type", "day", "time", "minutes", "outcome", "priority", "attendees"}
    | {"repeat", "repeat_until", "repeat_times", "remind"}
)


def read_activity(values: Mapping[str, str], zone: str, kept_rule: str = "") -> dict[str, Any]:
    """Fields and values. `kept_rule` stays where the form shows a repetition that it has no choice for.

    Raises Invalid, all fields together.
    """
    wrong = dict.fromkeys(set(values) - FORM, "This cannot be saved.")
    type_ = values.get("type", "")
    if type_ not in PLANNABLE:
        wrong["type"] = "Please choose what it is."
    found: dict[str, Any] = {"type": type_}
    found |= {name: values[name].strip() for name in TEXTS if name in values}
    if type_ == "task" and not found.get("subject"):
        wrong["subject"] = "What is to be done?"
    found |= {name: _id(values[name], name, wrong) for name in REFS if name in values}
    found |= _time(values, zone, wrong)
    found["duration_minutes"] = _number(values.get("minutes", ""), "minutes", wrong)
    found["remind_minutes"] = _number(values.get("remind", ""), "remind", wrong)
    if "outcome" in values:
        found["outcome"] = _one(values["outcome"], OUTCOMES, "outcome", wrong) or None
    if "priority" in values:
        found["priority"] = _one(values["priority"], PRIORITIES, "priority", wrong) or "normal"
    if "repeat" in values:
        found["repeat"] = _rule(values, kept_rule, wrong)
    if "attendees" in values:
        try:
            found["attendees"] = read_guests(values["attendees"])
        except ValueError as error:
            wrong["attendees"] = str(error)
    if wrong:
        raise Invalid(wrong)
    return found


def read_moment(day: str, time: str, zone: str) -> tuple[datetime, bool]:
    """A day, with or without a time, as an instant and whether it is the whole day. Raises ValueError."""
    at = datetime.fromisoformat(f"{day.strip()}T{time.strip() or '00:00'}").replace(tzinfo=ZoneInfo(zone))
    if not 1970 <= at.year <= 2200:
        raise ValueError("a year that nobody plans for")
    return at, not time.strip()


def _time(values: Mapping[str, str], zone: str, wrong: dict[str, str]) -> dict[str, Any]:
    if not values.get("day", "").strip():
        if values.get("time", "").strip():
            wrong["day"] = "Please give the day as well."
        return {"due_at": None, "all_day": False}
    try:
        at, all_day = read_moment(values["day"], values.get("time", ""), zone)
    except ValueError:
        wrong["day"] = "Please give a day such as 2026-05-31, and a time such as 14:30 if it has one."
        return {}
    return {"due_at": at, "all_day": all_day}


def _rule(values: Mapping[str, str], kept: str, wrong: dict[str, str]) -> str:
    """The rule that the plain choices and their end mean."""
    choice = values["repeat"]
    if not choice:
        return ""
    if choice == "other":
        return kept
    until, times = values.get("repeat_until", "").strip(), values.get("repeat_times", "").strip()
    end = f";UNTIL={until.replace('-', '')}" if until else f";COUNT={times}" if times else ""
    try:
        return read_rule(PLAIN.get(choice, "") + end).write()
    except ValueError as error:
        wrong["repeat"] = str(error)
        return ""


def _id(text: str, name: str, wrong: dict[str, str]) -> int | None:
    text = text.strip()
    id = id_of(text)
    if text and id is None:
        wrong[name] = "Please choose one from the list."
    return id


def _number(text: str, name: str, wrong: dict[str, str]) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        wrong[name] = "Minutes must be a whole number."
        return None
    return int(text) if text else None


def _one(text: str, allowed: tuple[str, ...], name: str, wrong: dict[str, str]) -> str:
    if text and text not in allowed:
        wrong[name] = "Please choose one from the list."
    return text


def moved(start: str, zone: str, *, all_day: bool) -> datetime:
    """Where somebody dropped an event: local text such as `2026-05-31T14:30`. Raises Invalid."""
    try:
        day, _, time = start.partition("T")
        return read_moment(day, "" if all_day else time, zone)[0].astimezone(UTC)
    except ValueError:
        raise Invalid({"due_at": "This is not a time."}) from None


def lasting(start: datetime, end: str, zone: str, *, all_day: bool) -> int | None:
    """Minutes that really pass from an instant to a local time. Raises Invalid for an end before the start."""
    if not end:
        return None
    minutes = int((moved(end, zone, all_day=all_day) - start) / timedelta(minutes=1))
    if minutes <= 0:
        raise Invalid({"duration_minutes": "It cannot end before it begins."})
    return minutes
