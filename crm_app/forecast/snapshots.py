"""The forecast as it stood at the start of each day, taken once a day, also afterwards for days that were missed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, extract, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of, today
from crm_app.core.config import settings
from crm_app.core.db import allocate_ids
from crm_app.forecast.queries.history import day_of, touched_since
from crm_app.forecast.queries.sums import Stages, stages_now
from crm_app.forecast.rules.categories import COUNTED
from crm_app.tables import Deal, ForecastNight, ForecastSnapshot, User

deal, user, night = (table_of(m) for m in (Deal, User, ForecastNight))
MOST_DAYS_BACK = 35
CHUNK = 500
Key = tuple[int | None, str, date | None, str]


def due_days(session: Session, until: date) -> list[date]:
    """The days up to `until` whose snapshot is missing, oldest first: all since the last one, at most so many."""
    last = session.connection().execute(select(func.max(night.c.taken_on))).scalar()
    first = until if last is None else max(last + timedelta(1), until - timedelta(MOST_DAYS_BACK))
    return [first + timedelta(n) for n in range((until - first).days + 1)]


def keep_up() -> int:
    """What the worker does now and then: every missing day in a transaction of its own; how many were taken."""
    days = db.read_sync(due_days, today(settings().zone))
    return sum(db.write_sync(take_snapshot, day) for day in days)


def take_snapshot(session: Session, day: date) -> bool:
    """The snapshot of a day; False where it is there already, or somebody else is taking it now."""
    if session.connection().execute(select(night.c.taken_on).where(night.c.taken_on == day)).first():
        return False
    try:
        with db.savepoint(session):
            session.connection().execute(insert(night), {"taken_on": day, "taken_at": now()})
    except IntegrityError:
        return False
    _put(session, day, standing_at(session, start_of(day, settings().zone), day))
    return True


def forget_snapshots(session: Session) -> None:
    """All of them, where another history was loaded since: they are taken anew of it."""
    for model in (ForecastSnapshot, ForecastNight):
        session.connection().execute(delete(table_of(model)))


def standing_at(session: Session, moment: datetime, day: date) -> dict[Key, tuple[int, int]]:
    """Counts and sums by owner, category, month and currency at that moment; won deals of that day's year only."""
    stages, since = stages_now(session), date(day.year, 1, 1)
    found: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for key, deals, minor in _now(session, stages, since):
        found[key][0] += deals
        found[key][1] += minor
    for one in touched_since(session, moment):
        for row, sign in ((one.now, -1), (one.then, 1)):
            key = _key(row, stages, since)
            if row is not None and key is not None:
                found[key][0] += sign
                found[key][1] += sign * (row["value_minor"] or 0)
    return {key: (deals, minor) for key, (deals, minor) in found.items() if deals}


def _key(row: Mapping[str, Any] | None, stages: Stages, since: date) -> Key | None:
    """Where a deal counts, None where it does not."""
    if row is None or row["deleted_at"] is not None:
        return None
    category, day = stages.category(row["stage_id"], row["forecast"]), day_of(row, stages)
    if category not in COUNTED or (category == "won" and (day is None or day < since)):
        return None
    return row["owner_id"], category, day and day.replace(day=1), row["currency"]


def _now(session: Session, stages: Stages, since: date) -> Iterable[tuple[Key, int, int]]:
    for kind, day in (("open", deal.c.expected_close_on), ("won", deal.c.closed_on)):
        year, month = extract("year", day), extract("month", day)
        keys = (deal.c.owner_id, deal.c.stage_id, deal.c.forecast, deal.c.currency)
        query = (
            select(*keys, year.label("year"), month.label("month"))
            .add_columns(func.count().label("deals"), func.sum(deal.c.value_minor).label("minor"))
            .where(deal.c.deleted_at.is_(None), deal.c.stage_id.in_(stages.of(kind)))
            .group_by(*keys, year, month)
        )
        if kind == "won":
            query = query.where(day >= since)
        for row in session.connection().execute(query):
            category = stages.category(row.stage_id, row.forecast)
            first = None if row.year is None else date(int(row.year), int(row.month), 1)
            if category in COUNTED:
                yield (row.owner_id, category, first, row.currency), row.deals, int(row.minor or 0)


def _put(session: Session, day: date, standing: Mapping[Key, tuple[int, int]]) -> None:
    teams = {row.id: row.team_id for row in session.connection().execute(select(user.c.id, user.c.team_id))}
    ids = allocate_ids(session, len(standing))
    rows = [
        {
            "id": id,
            "taken_on": day,
            "owner_id": owner,
            "team_id": teams.get(owner),
            "category": category,
            "month": month,
            "currency": currency,
            "deals": deals,
            "sum_minor": minor,
        }
        for id, ((owner, category, month, currency), (deals, minor)) in zip(ids, standing.items(), strict=True)
    ]
    for start in range(0, len(rows), CHUNK):
        session.connection().execute(insert(table_of(ForecastSnapshot)), rows[start : start + CHUNK])
