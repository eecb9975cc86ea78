"""Targets from what was won before, territories and a pool, and the snapshots that the nights would have taken."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import start_of
from crm_app.core.config import settings
from crm_app.demo.marks import DEMO, once
from crm_app.forecast.rules.periods import Period, period_of
from crm_app.forecast.snapshots import take_snapshot
from crm_app.tables import Company, Deal, Stage, Team, User
from crm_app.territories.plan import changes_of

MONTHS_BACK, MONTHS_AHEAD, LEARNT_FROM = 3, 5, 6
STRETCH, ROUND_TO = 110, 50_000  # a tenth more than the average, in whole 500
WEEKS, DAYS, SAID = 13, 8, 20171233
NEAR, ABROAD = "United States", "Abroad"
company, deal, stage, team, user = (table_of(m) for m in (Company, Deal, Stage, Team, User))


def seed_aims(today: date) -> int:
    """Everything; answers with the number of snapshots."""
    db.write_sync(once, "targets", _targets, today)
    db.write_sync(once, "categories", _say, today)
    db.write_sync(once, "territories", _territories)
    db.write_sync(once, "places", _place)
    return sum(db.write_sync(take_snapshot, day) for day in snapshot_days(today))


def snapshot_days(today: date) -> list[date]:
    """The mornings of which the demo has a snapshot: of the last days, and of one a week before."""
    return sorted(
        {today - timedelta(weeks=n) for n in range(WEEKS + 1)} | {today - timedelta(n) for n in range(DAYS + 1)}
    )


def _targets(session: Session, today: date) -> None:
    apply_many(session, SYSTEM, targets_of(amounts_of(session, today), today), source=DEMO, note="Targets of the demo")


def amounts_of(session: Session, today: date) -> dict[int, int]:
    """What a seller is to win in a month: a tenth more than the average month of the last half year."""
    now = period_of("month", today)
    won = (
        select(deal.c.owner_id, func.sum(deal.c.value_minor))
        .join(stage, stage.c.id == deal.c.stage_id)
        .where(deal.c.deleted_at.is_(None), stage.c.kind == "won", deal.c.currency == settings().currency)
        .where(deal.c.owner_id.is_not(None))
        .where(deal.c.closed_on >= now.later(-LEARNT_FROM).start, deal.c.closed_on < now.start)
        .group_by(deal.c.owner_id)
        .order_by(deal.c.owner_id)
    )
    return {
        owner: -(-int(total) * STRETCH // (100 * LEARNT_FROM * ROUND_TO)) * ROUND_TO
        for owner, total in session.connection().execute(won).all()
    }


def targets_of(amounts: Mapping[int, int], today: date) -> list[Change]:
    """Some months before this one and some after it."""
    months = [period_of("month", today).later(n) for n in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]
    return [_target(owner, month, amount) for owner, amount in amounts.items() for month in months]


def _target(owner: int, month: Period, amount: int) -> Change:
    values = {"user_id": owner, "period": "month", "starts_on": month.start, "amount_minor": amount}
    return Change("target", op="create", set=values | {"currency": settings().currency})


def _say(session: Session, today: date) -> None:
    """Sellers chose a category for some of their open deals, a week after they had opened them."""
    random, changes = Random(SAID), []
    query = (
        select(deal.c.id, deal.c.opened_on)
        .join(stage, stage.c.id == deal.c.stage_id)
        .where(
            deal.c.deleted_at.is_(None),
            stage.c.kind == "open",
            deal.c.expected_close_on.is_not(None),
            deal.c.opened_on.is_not(None),
        )
        .order_by(deal.c.external_id)
    )
    for id, opened in session.connection().execute(query).all():
        said = category_said(random)
        at = start_of(min(opened + timedelta(days=7), today - timedelta(days=1)), settings().zone)
        if said:
            changes.append(Change("deal", id, {"forecast": said}, effective_at=at))
    apply_many(session, SYSTEM, changes, source=DEMO, note="Categories of the demo")


def category_said(random: Random) -> str | None:
    """What a seller says of an open deal; mostly nothing, for its stage says it."""
    return random.choices((None, "commit", "pipeline"), (65, 25, 10))[0]


def _territories(session: Session) -> None:
    """Large customers first, then whoever is abroad, then the rest; and a pool for leads."""
    run = session.connection().execute
    query = select(team.c.office, user.c.id).join(user, user.c.team_id == team.c.id)
    query = query.where(user.c.role == "sales", user.c.deleted_at.is_(None), team.c.deleted_at.is_(None))
    people: dict[str, list[int]] = defaultdict(list)
    for office, id in run(query.order_by(team.c.office, user.c.id)):
        people[office].append(id)
    if not people:
        return
    offices = sorted(people)
    lands = run(select(company.c.country).where(company.c.deleted_at.is_(None)).distinct()).scalars()
    abroad = sorted(land for land in lands if land and land != NEAR)
    wanted: list[dict[str, Any]] = [
        {"name": "Large customers", "employees_from": 5000, "method": "least_loaded"},
        {"name": ABROAD, "countries": abroad},
        {"name": "Home", "countries": [NEAR]},
    ]
    changes = [
        Change("territory", op="create", set=one | {"position": n, "owners": _parts(people[offices[n % len(offices)]])})
        for n, one in enumerate(wanted)
    ]
    pool = {"name": "New leads", "covers": "lead", "members": _parts(people[offices[0]]), "from_forms": True}
    changes.append(Change("pool", op="create", set=pool))
    apply_many(session, SYSTEM, changes, source=DEMO, note="Territories of the demo")


def _parts(ids: list[int]) -> list[dict[str, int]]:
    return [{"user_id": id} for id in ids[:6]]


def _place(session: Session) -> None:
    """Every company in its territory; whoever owns it, keeps it."""
    apply_many(session, SYSTEM, changes_of(session, "none"), source=DEMO, note="Companies of the demo placed")
