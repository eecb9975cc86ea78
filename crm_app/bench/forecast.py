"""The forecast over 100,000 deals, as a seller who sees the own ones and as a manager who sees all of the team's."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from crm_app.bench.figures import judged, p95, spread, timed
from crm_app.bench.ground import ground, make
from crm_app.bench.rows import put_rows
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.clock import now, today
from crm_app.core.config import settings
from crm_app.forecast.queries import Asked, find_forecast, list_deals
from crm_app.forecast.rules.periods import period_of
from crm_app.forecast.snapshots import take_snapshot
from crm_app.identity.queries import principal_by_email
from crm_app.tables import Deal
from crm_app.wire import wire

DEALS, SELLERS, CHANGED, TIMES = 100_000, 50, 2_000, 30
CHUNK = 500


def _deals(stages: list[int], won: int, owners: list[int], day: date) -> Iterator[dict[str, Any]]:
    """Half open, half won; a year back and a year ahead."""
    for n in range(DEALS):
        is_open, at = n % 2 == 0, day + timedelta(days=(n * 7919) % 365 * (1 if n % 2 == 0 else -1))
        yield {
            "title": f"Deal {n}",
            "sort_key": f"deal {n}",
            "pipeline_id": 0,
            "stage_id": stages[n % len(stages)] if is_open else won,
            "owner_id": owners[n % len(owners)],
            "value_minor": 100_000 + n,
            "forecast": (None, None, "commit", "omitted")[n // 2 % 4],
            "opened_on": day - timedelta(days=400),
            "expected_close_on": at if is_open else None,
            "closed_on": None if is_open else at,
        }


def _team(session: Session, sellers: list[int]) -> None:
    """A manager above all of them, with a target for each."""
    team = make(session, "team", name="Everybody", office="Lyon")
    values = {"name": "Manager", "email": "manager@example.org", "role": "manager", "status": "active", "team_id": team}
    make(session, "user", **values)
    apply_many(session, SYSTEM, [Change("user", id, {"team_id": team}) for id in sellers])
    start = period_of("month", today(settings().zone)).start
    wishes = [
        Change("target", op="create", set={"user_id": id, "starts_on": start, "amount_minor": 10**9}) for id in sellers
    ]
    apply_many(session, SYSTEM, wishes, source="demo")


def _move(ids: list[int], day: date) -> None:
    """What happened in the last week: close dates, values and categories of some."""
    kinds: tuple[dict[str, Any], ...] = (
        {"expected_close_on": day + timedelta(days=3)},
        {"value_minor": 777_000},
        {"forecast": "best_case"},
    )
    at = now() - timedelta(days=2)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        wishes = [Change("deal", id, kinds[n % 3], effective_at=at) for n, id in enumerate(part)]
        db.write_sync(apply_many, SYSTEM, wishes, source="demo")


def _opened(actor: Principal, by: str, kind: str = "month") -> list[float]:
    """Seconds of opening the page: all figures and the first deals."""
    day = today(settings().zone)
    asked = Asked(period_of(kind, day), day, by)

    def page() -> None:
        db.read_sync(find_forecast, actor, asked)
        db.read_sync(list_deals, actor, asked)

    return timed(page, TIMES)


def measure() -> dict[str, Any]:
    """Both viewers and the longest period in at most 300 ms, and what a night costs."""
    wire()
    with ground(SELLERS, 0) as found:
        day = today(settings().zone)
        pipeline = db.write_sync(make, "pipeline", name="Other", position=1)
        won = db.write_sync(make, "stage", pipeline_id=pipeline, name="Won", kind="won", probability=100)
        rows = (row | {"pipeline_id": pipeline} for row in _deals(found.stages, won, list(found.sellers.values()), day))
        ids = put_rows(Deal, rows)
        db.write_sync(_team, list(found.sellers.values()))
        nights = [day - timedelta(days=7 * n) for n in range(18, 0, -1)]
        for night in nights:
            db.write_sync(take_snapshot, night)
        _move(ids[: CHANGED * 2 : 2], day)
        night = timed(lambda: db.write_sync(take_snapshot, nights.pop(0) - timedelta(days=200)), 3)
        _, seller = found.seller()
        manager = db.read_sync(principal_by_email, "manager@example.org")
        figures: dict[str, Any] = {"snapshot": spread(night)}
        for name, actor, by, kind in (
            ("own", seller, "owner", "month"),
            ("team", manager, "owner", "month"),
            ("team_by_territory", manager, "territory", "month"),
            ("team_years", manager, "team", "year"),
        ):
            taken = _opened(actor, by, kind)
            figures[name] = spread(taken) | {"bound": judged(p95(taken) * 1000, most=300)}
        return figures
