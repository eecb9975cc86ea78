"""Invented activities: what was done on the deals, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.demo.marks import DEMO
from crm_app.demo.words import DONE, PLANNED
from crm_app.tables import Activity, Deal, Person, Stage

CHUNK = 500
RECENT_DAYS = 45
# of the open deals: the next step is overdue, today, later; the others have none
OVERDUE, TODAY, LATER = 0.12, 0.20, 0.72


@dataclass(frozen=True)
class DealFacts:
    """What the activities of a deal must fit to."""

    id: int
    external_id: str
    title: str
    company_id: int | None
    person_id: int | None
    person: str
    owner_id: int | None
    opened_on: date | None
    closed_on: date | None
    is_open: bool

    @property
    def words(self) -> dict[str, str]:
        return {"product": self.title.partition(" for ")[0], "person": self.person or "the buyer"}


def seed_activities(random: Random, today: date) -> int:
    """Add the activities that are not there yet; answers with how many were added."""
    deals = db.read_sync(_deals, today)
    there = db.read_sync(_existing)
    wanted = [v for deal in deals for v in _of_deal(random, deal, today) if v["external_id"] not in there]
    for start in range(0, len(wanted), CHUNK):
        changes = [_change(values) for values in wanted[start : start + CHUNK]]
        db.write_sync(lambda session, part=changes: apply_many(session, SYSTEM, part, source=DEMO, note="Demo"))
    return len(wanted)


def _change(values: dict[str, Any]) -> Change:
    return Change("activity", None, values, "create", effective_at=values.get("done_at"))


def _deals(session: Session, today: date) -> list[DealFacts]:
    deal, stage, person = table_of(Deal), table_of(Stage), table_of(Person)
    recent = today - timedelta(days=RECENT_DAYS)
    query = (
        select(
            deal.c.id,
            deal.c.external_id,
            deal.c.title,
            deal.c.company_id,
            deal.c.person_id,
            person.c.display_name,
            deal.c.owner_id,
            deal.c.opened_on,
            deal.c.closed_on,
            stage.c.kind,
        )
        .select_from(deal.join(stage, stage.c.id == deal.c.stage_id).outerjoin(person, person.c.id == deal.c.person_id))
        .where(deal.c.deleted_at.is_(None), (stage.c.kind == "open") | (deal.c.closed_on >= recent))
        .order_by(deal.c.external_id)
    )
    return [DealFacts(*row[:9], is_open=row[9] == "open") for row in session.connection().execute(query)]


def _existing(session: Session) -> set[str]:
    column = table_of(Activity).c.external_id
    return set(session.connection().execute(select(column).where(column.like("demo-%"))).scalars())


def _of_deal(random: Random, deal: DealFacts, today: date) -> Iterator[dict[str, Any]]:
    """Some that were done between the opening and now, and at most one that is planned."""
    opened, end = deal.opened_on, (deal.closed_on or today)
    for n in range(random.choice((0, 1, 1, 2)) if opened else 0):
        type_, subject, body = random.choice(DONE)
        span = max((end - opened).days, 0) if opened else 0
        day = end - timedelta(days=min(random.randint(1, 40), span))
        done = min(_at(random, day), _at(random, today - timedelta(days=1)))
        yield _base(deal, f"d{n}", type_, subject, body) | {"done_at": done}
    if deal.is_open and (due := _due(random, today)):
        type_, subject = random.choice(PLANNED)
        yield _base(deal, "p", type_, subject, "") | {"due_at": due}


def _due(random: Random, today: date) -> datetime | None:
    chance = random.random()
    if chance < OVERDUE:
        return _at(random, today - timedelta(days=random.randint(1, 14)))
    if chance < TODAY:
        return _at(random, today)
    return _at(random, today + timedelta(days=random.randint(1, 30))) if chance < LATER else None


def _at(random: Random, day: date) -> datetime:
    """During working hours, in the zone of the organisation."""
    return datetime.combine(day, time(random.randint(8, 17), random.choice((0, 15, 30, 45))), ZoneInfo(settings().zone))


def _base(deal: DealFacts, mark: str, type_: str, subject: str, body: str) -> dict[str, Any]:
    return {
        "external_id": f"demo-{deal.external_id}-{mark}",
        "type": type_,
        "subject": subject.format(**deal.words),
        "body": body.format(**deal.words),
        "deal_id": deal.id,
        "company_id": deal.company_id,
        "person_id": deal.person_id,
        "owner_id": deal.owner_id,
    }
