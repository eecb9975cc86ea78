"""Control: rights reviewed in time, checks that ran when they were to, and the nightly count."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, today
from crm_app.core.config import settings
from crm_app.core.reader import full_day, short_day_and_time
from crm_app.quality.facts import stored_settings
from crm_app.quality.nights import taken_at
from crm_app.quality.rows import Figure
from crm_app.quality.rules.schedule import slot_of
from crm_app.quality.rules.scores import percent
from crm_app.tables import QualityCheck, QualityRun, RightsReview, User
from crm_app.ui import addresses

check, run, review, user = (table_of(m) for m in (QualityCheck, QualityRun, RightsReview, User))
REVIEW_KEY, REVIEW_DAYS = "control.rights", 90
LATE = timedelta(hours=36)


@dataclass
class Control:
    """What was kept of what was to be done."""

    percent: int | None
    note: str
    figures: list[Figure] = field(default_factory=list)
    review_due: bool = False


def review_days(session: Session) -> int:
    """How many days a review of rights is good for."""
    found = stored_settings(session).get(REVIEW_KEY)
    return found.days if found and found.days else REVIEW_DAYS


def last_review(session: Session) -> Any:
    """The newest review: when, and by whom; None without one."""
    query = select(review.c.reviewed_at, user.c.name, review.c.note)
    query = query.outerjoin(user, user.c.id == review.c.reviewer_id)
    query = query.where(review.c.deleted_at.is_(None)).order_by(review.c.reviewed_at.desc(), review.c.id.desc())
    return session.connection().execute(query.limit(1)).first()


def control(session: Session, actor: Principal) -> Control:
    """The figures of control are of the whole organisation."""
    kept, made, figures = 0, 0, list[Figure]()
    due = True
    days, last = review_days(session), last_review(session)
    if last is None:
        figures.append(Figure("Rights reviewed", "Never", addresses.USERS, f"Due every {days} days.", "r"))
    else:
        until = last.reviewed_at + timedelta(days=days)
        due = until < now()
        words = f"by {last.name or 'the system'}, next until {_day(until, actor)}"
        figures.append(
            Figure("Rights reviewed", _day(last.reviewed_at, actor), addresses.USERS, words, "r" if due else "g")
        )
    kept, made = kept + (not due), made + 1
    counted = taken_at(session)
    fresh = counted is not None and counted > now() - LATE
    when = "Never" if counted is None else short_day_and_time(counted.astimezone(ZoneInfo(actor.zone)))
    figures.append(Figure("Everything counted", when, "", "Every night.", "g" if fresh else "r"))
    kept, made = kept + fresh, made + 1
    for row in _checks(session):
        on_time = is_on_time(row.schedule, row.at, row.created_at, today(settings().zone)) and not row.error
        words = f"{row.schedule}, last {_day(row.at, actor) if row.at else 'never'}"
        state = "On time" if on_time else "Failed" if row.error else "Late"
        figures.append(Figure(row.name, state, "", words, "g" if on_time else "r"))
        kept, made = kept + on_time, made + 1
    return Control(percent(kept, made), f"{kept} of {made} kept", figures, due)


def _checks(session: Session) -> list[Any]:
    """Checks that run by themselves, with their last run."""
    last = select(run.c.check_id, func.max(run.c.at).label("at")).group_by(run.c.check_id).subquery()
    query = select(check.c.name, check.c.schedule, check.c.created_at, run.c.at, run.c.error)
    query = query.outerjoin(last, last.c.check_id == check.c.id)
    query = query.outerjoin(run, (run.c.check_id == check.c.id) & (run.c.at == last.c.at))
    query = query.where(check.c.deleted_at.is_(None), check.c.active.is_(True)).order_by(check.c.sort_key, check.c.id)
    return list(session.connection().execute(query))


def is_on_time(schedule: str, last: datetime | None, created: datetime, day: date) -> bool:
    """It ran in this slot or the one before; a new check has the slot in which it was made to begin."""
    zone = ZoneInfo(settings().zone)
    seen = (last or created).astimezone(zone).date()
    step = {"daily": 1, "weekly": 7, "monthly": 31}[schedule]
    return seen >= day or slot_of(schedule, seen) in (slot_of(schedule, day), slot_of(schedule, day - timedelta(step)))


def _day(moment: datetime, actor: Principal) -> str:
    local = moment.astimezone(ZoneInfo(actor.zone))
    return full_day(local)
