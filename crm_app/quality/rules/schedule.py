"""When a check is due: once in each day, week (from Monday) or month, as soon as the worker looks. Pure."""

from datetime import date

SCHEDULES = ("daily", "weekly", "monthly")


def slot_of(schedule: str, day: date) -> str:
    """The day, week (ISO 8601) or month that a run stands for; the same all through it."""
    if schedule == "daily":
        return day.isoformat()
    if schedule == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"
