"""Quality with a past: nights in which it was worse, a review of rights, entries of those who can sign in, checks."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.pretence import pretending
from crm_app.demo.marks import once
from crm_app.identity.sessions import principal_of
from crm_app.quality import nights
from crm_app.quality.checks.running import run_check
from crm_app.quality.marks import refresh_all
from crm_app.quality.rules.schedule import slot_of
from crm_app.quality.service import confirm_review, save_check
from crm_app.tables import Person, QualityNight, User

user, person = table_of(User), table_of(Person)
WEEKS = 13
WORSE = 12  # of a thousand, each week further back
REVIEWED_AGO = 34
CHECKS = (
    {"name": "Deals past their date", "what": "deal.over", "schedule": "weekly", "goes_to": "owner", "active": "on"},
    {"name": "E-mails to mend", "what": "person.email", "schedule": "monthly", "goes_to": "manager", "active": "on"},
)
CALLS = ("Asked how the first weeks went", "Talked about renewal", "Introduced ourselves", "Followed up on the fair")
ENTRIES = {"sales": 22, "manager": 9, "marketing": 5}  # of each of that role who can sign in; the others: none


def seed_quality(random: Random, today: date) -> int:
    """Everything, once the rest of the demo is there; answers with the number of nights."""
    db.write_sync(once, "entries", _entries, random, today)
    refresh_all()
    taken = sum(db.write_sync(_night, today - timedelta(weeks=n), n) for n in range(WEEKS, 0, -1))
    db.write_sync(once, "control", _control, today)
    return taken


def _moment(today: date, ago: int, n: int = 0) -> datetime:
    """During working hours of that day, in the zone of the organisation."""
    return datetime.combine(today - timedelta(days=ago), time(9 + n % 8, 11 * n % 60), ZoneInfo(settings().zone))


def _entries(session: Session, random: Random, today: date) -> None:
    """Calls with people, written down on the same day by those who can sign in."""
    run = session.connection().execute
    living = select(person.c.id).where(person.c.deleted_at.is_(None))
    people = list(run(living.order_by(person.c.external_id, person.c.id).limit(400)))
    active = select(User).where(user.c.status == "active", user.c.deleted_at.is_(None)).order_by(user.c.id)
    for one in session.scalars(active).all() if people else []:
        actor = principal_of(session, one)
        for n in range(ENTRIES.get(one.role, 0)):
            met, at = random.choice(people), _moment(today, random.randrange(1, 28), n)
            values = {"type": "call", "subject": random.choice(CALLS), "person_id": met.id, "owner_id": one.id}
            with pretending(at):
                apply(session, actor, Change("activity", op="create", set=values | {"done_at": at, "due_at": at}))


def _night(session: Session, day: date, weeks: int) -> int:
    """As it stands, but worse by so many weeks; 0 where that night is there."""
    night = table_of(QualityNight)
    if session.connection().execute(select(night.c.taken_on).where(night.c.taken_on == day)).first():
        return 0
    session.connection().execute(insert(QualityNight).values(taken_on=day, taken_at=_moment(day, 0)))
    rows = nights.rows_now(session)
    for n, row in enumerate(rows):
        row["amount"] -= row["amount"] * (weeks * WORSE + (weeks * 7 + n) % 5) // 1000
    nights.put(session, day, rows)
    return 1


def _control(session: Session, today: date) -> None:
    """A review of rights a month ago, and two checks that ran in the last weeks."""
    admin = select(User).where(user.c.role == "administrator", user.c.status == "active", user.c.deleted_at.is_(None))
    first = session.scalars(admin.order_by(user.c.id).limit(1)).first()
    actor = principal_of(session, first) if first else SYSTEM
    with pretending(_moment(today, REVIEWED_AGO)):
        confirm_review(session, actor, "Two accounts of former colleagues were closed.")
        ids = [save_check(session, actor, 0, check).id for check in CHECKS]
    for ago in (21, 14, 7):
        day = today - timedelta(days=ago)
        with pretending(_moment(today, ago)):
            for id, check in zip(ids, CHECKS, strict=True):
                run_check(session, id, slot_of(check["schedule"], day))
