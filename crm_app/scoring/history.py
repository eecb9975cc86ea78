"""Won and lost deals with what was known of their people when they were opened, read from the change log."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now, today
from crm_app.scoring.events import ACTIVITIES, activities
from crm_app.scoring.learning import Learned, Outcome, learn, restored, stored
from crm_app.tables import Company, Deal, LearnedScore, Person, Stage

MOST_DEALS, RECENT_DAYS, EVERY = 10_000, 90, timedelta(hours=20)
OF_PERSON, OF_COMPANY = ("title", "source", "company_id"), ("industry", "country", "employees")
LABELS = {
    "seniority": "Seniority",
    "source": "Source",
    "industry": "Industry",
    "country": "Country",
    "size": "Employees",
    "activity": f"Activities in {RECENT_DAYS} days",
}
SENIOR = ("chief", "ceo", "cto", "cfo", "owner", "founder", "president", "director", "head", "vp", "vice")
deal, stage, person, company, log, kept = (table_of(m) for m in (Deal, Stage, Person, Company, ChangeLog, LearnedScore))
# Of one record: days on which it changed with its fields from then on, oldest first.
Past = Sequence[tuple[date, Mapping[str, Any]]]


def features_of(person_row: Mapping[str, Any], company_row: Mapping[str, Any], done: int) -> dict[str, str]:
    """What a model is told; what is not known is left out."""
    words = str(person_row.get("title") or "").casefold().replace(",", " ").split()
    size = company_row.get("employees")
    found = {
        "seniority": "" if not words else _seniority(words),
        "source": str(person_row.get("source") or "").casefold(),
        "industry": str(company_row.get("industry") or "").casefold(),
        "country": str(company_row.get("country") or "").casefold(),
        "size": "" if size is None else _size(int(size)),
        "activity": "none" if not done else "1 or 2" if done <= 2 else "3 or more",
    }
    return {name: value for name, value in found.items() if value}


def _seniority(words: Sequence[str]) -> str:
    return "decides" if set(words) & set(SENIOR) else "manager" if "manager" in words else "other"


def _size(employees: int) -> str:
    bounds = ((50, "below 50"), (250, "50 to 249"), (1000, "250 to 999"))
    return next((words for bound, words in bounds if employees < bound), "1,000 or more")


def outcomes(session: Session) -> list[Outcome]:
    """The latest closed deals with a person; of each what the log says was known before the day it was opened."""
    query = (
        select(deal.c.person_id, deal.c.opened_on, deal.c.closed_on, stage.c.kind)
        .join(stage, stage.c.id == deal.c.stage_id)
        .where(deal.c.deleted_at.is_(None), deal.c.person_id.is_not(None), stage.c.kind.in_(("won", "lost")))
        .where(deal.c.opened_on.is_not(None), deal.c.closed_on >= deal.c.opened_on)
        .order_by(deal.c.closed_on.desc(), deal.c.id.desc())
        .limit(MOST_DEALS)
    )
    deals = session.connection().execute(query).all()
    people = past_of(session, "person", {d.person_id for d in deals}, OF_PERSON)
    known = {d: _as_of(people.get(d.person_id, ()), d.opened_on) for d in deals}
    firms = past_of(
        session, "company", {row["company_id"] for row in known.values() if row.get("company_id")}, OF_COMPANY
    )
    days = _days_of(session, {d.person_id for d in deals})
    found = []
    for d in deals:
        firm = _as_of(firms.get(known[d].get("company_id") or 0, ()), d.opened_on)
        done = _recent(days.get(d.person_id, ()), d.opened_on)
        found.append(Outcome(d.opened_on, d.closed_on, d.kind == "won", features_of(known[d], firm, done)))
    return found


def past_of(session: Session, kind: str, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Past]:
    """How these fields came to be, by the log; times are those at which a change took effect."""
    found: dict[int, list[tuple[date, Mapping[str, Any]]]] = defaultdict(list)
    for part in _parts(ids):
        query = select(log.c.record_id, log.c.effective_at, log.c.diff)
        query = query.where(log.c.kind == kind, log.c.record_id.in_(part))
        for row in session.connection().execute(query.order_by(log.c.effective_at, log.c.seq)):
            past = found[row.record_id]
            changed = {name: row.diff[name][1] for name in fields if name in row.diff}
            past.append((row.effective_at.astimezone(UTC).date(), {**(past[-1][1] if past else {}), **changed}))
    return dict(found)


def _as_of(past: Past, day: date) -> Mapping[str, Any]:
    """As it stood when that day began; nothing before the record was there."""
    return next((values for at, values in reversed(past) if at < day), {})


def _days_of(session: Session, ids: Iterable[int]) -> dict[int, list[date]]:
    types = frozenset(one.name for one in ACTIVITIES)
    found: dict[int, list[date]] = {}
    for part in _parts(ids):
        for id, events in activities(session, part, types, None, today()).items():
            found[id] = [event.day for event in events]
    return found


def _recent(days: Iterable[date], day: date) -> int:
    """How many of these lie in the time before a day."""
    return Counter(day - timedelta(RECENT_DAYS) <= at < day for at in days)[True]


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(set(ids))
    return (wanted[n : n + IN_LIMIT] for n in range(0, len(wanted), IN_LIMIT))


def features_now(session: Session, person_id: int) -> dict[str, str]:
    """The same of a person as known today."""
    query = select(person.c.title, person.c.source, company.c.industry, company.c.country, company.c.employees)
    there = (company.c.id == person.c.company_id) & company.c.deleted_at.is_(None)
    query = query.select_from(person.outerjoin(company, there)).where(person.c.id == person_id)
    row: Any = session.connection().execute(query).mappings().first() or {}
    days = _days_of(session, [person_id]).get(person_id, [])
    return features_of(row, row, _recent(days, today() + timedelta(1)))


def latest(session: Session) -> Learned:
    """What was learned last; without a model before anything was."""
    found = session.get(LearnedScore, 1)
    return (
        Learned(missing="Nothing has been learned yet; that happens once a day.")
        if found is None
        else restored(found.model)
    )


def keep_learning() -> int:
    """What the worker does once a day: learn from all outcomes anew; answers with how many there were."""
    if not db.read_sync(_is_due):
        return 0
    known = db.read_sync(outcomes)
    db.write_sync(_keep, learn(known))
    return len(known)


def _is_due(session: Session) -> bool:
    found = session.get(LearnedScore, 1)
    return found is None or found.trained_at < now() - EVERY


def _keep(session: Session, learned: Learned) -> None:
    session.merge(LearnedScore(id=1, trained_at=now(), model=stored(learned)))
    session.flush()
