"""A month with 5,000 activities of one seller, read as the calendar page reads it, as a user with `own` rights."""

from datetime import timedelta
from typing import Any

from crm_app.activities.queries.calendar import Span, calendar_of, rows_of
from crm_app.bench.figures import judged, p95, spread, timed
from crm_app.bench.ground import CHUNK, ground
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.clock import start_of, today
from crm_app.core.recurrence import PLAIN
from crm_app.wire import wire

MONTH, ELSEWHERE, REPEATING, DAYS = 5_000, 45_000, 50, 30
TYPES = ("call", "meeting", "task")
BOUND_MS = 300


def _activities(owner: int, others: list[int]) -> None:
    """The month of the seller, nine times as many before and after it, and some that repeat."""
    first = start_of(today()) - timedelta(days=10)
    minutes = DAYS * 1440
    wishes = []
    for n in range(MONTH + ELSEWHERE):
        inside = n < MONTH
        at = (
            first + timedelta(minutes=n * minutes / MONTH)
            if inside
            else first - timedelta(minutes=(n - MONTH) * 20 + 1)
        )
        values: dict[str, Any] = {
            "type": TYPES[n % 3],
            "subject": f"Activity {n}",
            "owner_id": owner if inside or n % 2 else others[n % len(others)],
            "due_at": at,
            "duration_minutes": 30,
            "done_at": None if inside else at,
        }
        if inside and n < REPEATING:
            values["repeat"] = PLAIN["weekly"]
        wishes.append(Change("activity", op="create", set=values))
    for start in range(0, len(wishes), CHUNK):
        db.write_sync(apply_many, SYSTEM, wishes[start : start + CHUNK], source="demo")


def measure() -> dict[str, Any]:
    """The whole answer to a month, and to a week of it, on the server."""
    wire()
    with ground(4, 0) as found:
        email, actor = found.seller()
        mine = found.sellers[email]
        _activities(mine, [id for id in found.sellers.values() if id != mine])
        first = today() - timedelta(days=10)
        month = Span.of(first, first + timedelta(days=DAYS), actor.zone)
        week = Span.of(first, first + timedelta(days=7), actor.zone)
        count = len(db.read_sync(rows_of, [mine], month))
        months = timed(lambda: db.read_sync(calendar_of, actor, [mine], month), 30)
        weeks = timed(lambda: db.read_sync(calendar_of, actor, [mine], week), 30)
        return {
            "activities_in_the_month": count,
            "month": spread(months),
            "month_p95_ms": judged(p95(months) * 1000, most=BOUND_MS),
            "week": spread(weeks),
        }
