"""Once a day everything is counted anew, for time alone makes records stale, and the standing of the day is kept."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of, today
from crm_app.core.config import settings
from crm_app.quality.facts import active_rules
from crm_app.quality.marks import RECOUNT, refresh_all
from crm_app.quality.queries.counts import checks_of, standings
from crm_app.quality.queries.whose import NOBODY, Whose
from crm_app.quality.rules.catalogue import KINDS
from crm_app.tables import BulkRun, QualityNight, QualitySnapshot

night, snapshot, runs = (table_of(m) for m in (QualityNight, QualitySnapshot, BulkRun))
SCORE = "score"
CS = ("consistency", "continuity", "centralization")
POINTS, APART = 14, 7  # a trend has at most so many points, so many days apart
CHUNK = 500


def keep_up() -> int:
    """What the worker does now and then: once a day count everything anew, then keep the standing of the day."""
    day = today(settings().zone)
    if not db.read_sync(_is_due, day):
        return 0
    going, done = db.read_sync(_recounts, day)
    if going:  # the same count by the same rules; the night is kept after it
        return 0
    refresh_all(kinds=[name for name in KINDS if name not in done])
    return int(db.write_sync(take, day))


def _recounts(session: Session, day: date) -> tuple[set[str], set[str]]:
    """The kinds that a run counts anew now, and those that one begun this day has: of these the outbox tells more."""
    query = select(runs.c.kind, runs.c.status, runs.c.started_at).where(runs.c.op == RECOUNT)
    found = session.connection().execute(query.where(runs.c.status.in_(("running", "done")))).all()
    began = start_of(day, settings().zone)
    going = {row.kind for row in found if row.status == "running"}
    return going, {row.kind for row in found if row.status == "done" and row.started_at >= began}


def _is_due(session: Session, day: date) -> bool:
    return session.connection().execute(select(night.c.taken_on).where(night.c.taken_on == day)).first() is None


def take(session: Session, day: date) -> bool:
    """Keep the standing under this day; False where it is there already, or somebody else is keeping it now."""
    if not _is_due(session, day):
        return False
    try:
        with db.savepoint(session):
            session.connection().execute(insert(night), {"taken_on": day, "taken_at": now()})
    except IntegrityError:
        return False
    put(session, day, rows_now(session))
    return True


def rows_now(session: Session) -> list[dict[str, Any]]:
    """The standing of every owner: by kind the score, and the checks made and failed by C."""
    rules = active_rules(session)
    rows: list[dict[str, Any]] = []
    for (name, owner), one in standings(session, Whose(SYSTEM), KINDS, rules).items():
        head = {"kind": name, "owner_id": owner or NOBODY}
        rows.append(head | {"measure": SCORE, "amount": one.score, "of": one.records})
        for c in CS:
            passed, made = checks_of(one, rules, name, c)
            rows.append(head | {"measure": c, "amount": passed, "of": made})
    return rows


def put(session: Session, day: date, rows: list[dict[str, Any]]) -> None:
    """Write a day's standing."""
    for start in range(0, len(rows), CHUNK):
        part = [row | {"taken_on": day} for row in rows[start : start + CHUNK]]
        session.connection().execute(insert(snapshot), part)


def taken_at(session: Session) -> Any:
    """When everything was last counted anew; None if never."""
    return session.connection().execute(select(func.max(night.c.taken_at))).scalar()


def days_of_trend(session: Session, until: date) -> list[date]:
    """The days of a trend, oldest first: the newest one that is kept, and from there a week back each."""
    earliest = until - timedelta(days=POINTS * APART)
    query = select(night.c.taken_on).where(night.c.taken_on >= earliest, night.c.taken_on <= until)
    found: list[date] = []
    for day in session.connection().execute(query.order_by(night.c.taken_on.desc())).scalars():
        if not found or (found[-1] - day).days >= APART:
            found.append(day)
    return found[:POINTS][::-1]


def trend(session: Session, who: Whose, kinds: tuple[str, ...], until: date) -> dict[date, dict[str, tuple[int, int]]]:
    """By day and measure: what was reached, and of how much."""
    days = days_of_trend(session, until)
    query = select(snapshot.c.taken_on, snapshot.c.measure, func.sum(snapshot.c.amount), func.sum(snapshot.c.of))
    query = query.where(snapshot.c.taken_on.in_(days), snapshot.c.kind.in_(kinds), who.on(snapshot.c.owner_id))
    found: dict[date, dict[str, tuple[int, int]]] = {day: {} for day in days}
    for day, measure, amount, of in session.connection().execute(
        query.group_by(snapshot.c.taken_on, snapshot.c.measure)
    ):
        found[day][measure] = (int(amount), int(of))
    return found
