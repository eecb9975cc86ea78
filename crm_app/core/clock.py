"""Time: aware, in UTC; days in a person's or the organisation's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from crm_app.core.pretence import pretended


def now() -> datetime:
    """The present instant, aware, UTC."""
    return pretended() or datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """The present day in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str = "UTC") -> datetime:
    """The first instant of `day` in `zone`, as UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
