"""Quotes, orders and invoices of the last weeks, made step by step with the commands that people use.

An accepted quote belongs to a deal that was won on that day; the others belong to deals that still are open. So no
deal moves, and every figure of `kith kpis` stays what the public data says.
"""

from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heapreplace
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
from crm_app.core.pretence import pretending
from crm_app.demo import stories
from crm_app.demo.logins import ACCOUNTS
from crm_app.demo.marks import DEMO
from crm_app.demo.stories import Facts, Story
from crm_app.quotes.service import save_policy
from crm_app.records.numbering import OF_DEMO
from crm_app.tables import Company, Deal, DealLine, Person, Product, Quote, Stage, User

company, deal, deal_line, person = (table_of(m) for m in (Company, Deal, DealLine, Person))
product, quote, stage, user = (table_of(m) for m in (Product, Quote, Stage, User))
RULES = {"tax_milli": "8.25", "most_discount_milli": "15", "terms": "Payable within 30 days, without deductions."}
SEGMENT, TIERS = "Partner", ((0, 90), (10_000, 85), (50_000, 80))  # from so many thousandths on, percent of the list
PARTNERS = 3
LEAST = 100_000  # in minor units: what it takes to be sold by a quote
LONG_OPEN = 60  # days: before the first of these quotes
SELLER = next(a.name for a in ACCOUNTS if a.title == "seller")


def seed_papers(random: Random, today: date) -> int:
    """All of it, in one transaction, unless it is there; answers with the number of quotes."""
    return db.write_sync(_seed, random, today)


def _seed(session: Session, random: Random, today: date) -> int:
    there = select(quote.c.id).where(quote.c.number.startswith(OF_DEMO), quote.c.deleted_at.is_(None))
    if session.connection().execute(there.limit(1)).first() is not None:
        return 0
    told = [*_sold(session, random, today), *_offered(session, random, today)]
    if told:
        with pretending(_moment(today, LONG_OPEN)):
            save_policy(session, SYSTEM, RULES)
        _tell(today, told)
    _price_book(session)
    return len(told)


def _tell(today: date, told: list[Story]) -> None:
    """Every step of every story in the order of time, so that numbers and dates agree."""
    waiting = [(-next(story), n, story) for n, story in enumerate(told)]
    heapify(waiting)
    while waiting:
        ago, n, story = waiting[0]
        with pretending(_moment(today, -ago, n)):
            then = next(story, None)
        if then is None:
            heappop(waiting)
        else:
            heapreplace(waiting, (-then, n, story))


def _moment(today: date, ago: int, n: int = 0) -> datetime:
    """During working hours of that day, in the zone of the organisation."""
    return datetime.combine(today - timedelta(days=ago), time(9 + n % 8, 7 * n % 60), ZoneInfo(settings().zone))


def _deals(session: Session, *wanted: Any) -> list[Facts]:
    """With everybody whom a quote names, in an order that does not depend on the database."""
    joined = deal.join(stage, stage.c.id == deal.c.stage_id).join(company, company.c.id == deal.c.company_id)
    joined = joined.join(person, person.c.id == deal.c.person_id).join(user, user.c.id == deal.c.owner_id)
    joined = joined.join(deal_line, deal_line.c.deal_id == deal.c.id)
    joined = joined.join(product, product.c.id == deal_line.c.product_id)
    query = (
        select(deal.c.id, deal.c.owner_id, person.c.display_name, deal.c.closed_on, user.c.name, deal.c.value_minor)
        .select_from(joined)
        .where(deal.c.deleted_at.is_(None), *wanted)
        .order_by(deal.c.external_id)
    )
    return [Facts(*row) for row in session.connection().execute(query)]


def _sold(session: Session, random: Random, today: date) -> list[Story]:
    """Five that were accepted on the day on which their deal was won, and what was invoiced since."""
    endings = (stories.paid, stories.overdue, stories.in_parts, stories.just_issued, stories.not_issued)
    weeks = ((54, 48), (47, 41), (34, 28), (12, 8), (6, 2))
    usual = deal.c.value_minor * 100 >= product.c.list_price_minor * 90  # no discount that asks for an approval
    told: list[Story] = []
    for (first, last), ending in zip(weeks, endings, strict=True):
        days = (deal.c.closed_on >= today - timedelta(days=first), deal.c.closed_on <= today - timedelta(days=last))
        if found := _deals(session, stage.c.kind == "won", deal.c.value_minor >= LEAST, usual, *days):
            own = [f for f in found if f.seller == SELLER]
            told.append(stories.accepted(session, random.choice(own or found), today, ending))
    return told


def _offered(session: Session, random: Random, today: date) -> list[Story]:
    """Eight that no customer has accepted, every other one by the seller who can sign in."""
    last = select(stage.c.position).where(stage.c.kind == "open").order_by(stage.c.position.desc()).limit(1)
    opened = deal.c.opened_on <= today - timedelta(days=LONG_OPEN)
    found = _deals(session, stage.c.kind == "open", stage.c.position == last.scalar_subquery(), opened)
    own, others = [f for f in found if f.seller == SELLER], [f for f in found if f.seller != SELLER]
    kinds = (stories.waiting, stories.sent, stories.viewed, stories.declined, stories.draft, stories.expired)
    told: list[Story] = []
    for n, kind in enumerate((*kinds, stories.sent_with_option, stories.draft)):
        if pool := (own, others)[n % 2] or own or others:
            told.append(kind(session, pool.pop(random.randrange(len(pool)))))
    return told


def _price_book(session: Session) -> None:
    """Prices for partners, with volume tiers, and a few customers who are partners."""
    run = session.connection().execute
    there = (product.c.deleted_at.is_(None), product.c.list_price_minor > 0)
    priced = select(product.c.id, product.c.list_price_minor).where(*there, product.c.currency == settings().currency)
    entries = [
        {"product_id": id, "from_milli": start, "unit_price_minor": minor * percent // 100}
        for id, minor in run(priced.order_by(product.c.sort_key, product.c.id)).all()
        for start, percent in TIERS
    ]
    values = {"name": "Partner prices", "currency": settings().currency, "segment": SEGMENT, "entries": entries}
    bought = select(company.c.id).where(company.c.deleted_at.is_(None), company.c.kind == "customer")
    partners = run(bought.order_by(company.c.sort_key, company.c.id).limit(PARTNERS)).scalars().all()
    changes = [Change("price_book", op="create", set=values)]
    changes += [Change("company", id, {"price_segment": SEGMENT}) for id in partners]
    apply_many(session, SYSTEM, changes, source=DEMO, note="Prices of the demo")
