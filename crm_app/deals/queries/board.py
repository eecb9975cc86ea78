"""The board: a fixed number of statements a stage, however many deals there are."""

import sys
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_money
from crm_app.core.text import fold, initials, like
from crm_app.deals.queries.rows import Board, Card, Column, Option, Summary
from crm_app.deals.queries.totals import Money, Totals, money_of, summary_of, totals_of, weighted
from crm_app.deals.rules import Step, closed_label, days_quiet, is_rotten, step_label, step_tone
from crm_app.identity.policy import of_team, visible
from crm_app.tables import Company, Deal, Person, Pipeline, Stage, User

CARDS = 50
deal, stage, company, person, user, pipeline = (
    table_of(model) for model in (Deal, Stage, Company, Person, User, Pipeline)
)


@dataclass(frozen=True)
class PlacedCard:
    """A card and where it stands."""

    card: Card
    pipeline_id: int
    stage_id: int
    rank: float


def wanted(actor: Principal, owner_id: int | None, text: str) -> ColumnElement[bool]:
    """The deals that the actor may see and that the filter of the board lets through."""
    condition = and_(deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    if owner_id is not None:
        condition = and_(condition, deal.c.owner_id == owner_id)
    if text:
        pattern = like(fold(text))
        named = select(company.c.id).where(company.c.sort_key.like(pattern, escape="\\"))
        condition = and_(condition, or_(deal.c.sort_key.like(pattern, escape="\\"), deal.c.company_id.in_(named)))
    return condition


def board_snapshot(
    session: Session, actor: Principal, pipeline_id: int | None, owner_id: int | None = None, text: str = ""
) -> Board:
    """One pipeline with 50 cards a stage and totals of all; the first pipeline if that one does not exist."""
    run = session.connection().execute
    pipelines = run(
        select(pipeline.c.id, pipeline.c.name)
        .where(pipeline.c.deleted_at.is_(None), of_team(actor, pipeline.c.team_id))
        .order_by(pipeline.c.position, pipeline.c.id)
    ).all()
    options = [Option(str(p.id), p.name) for p in pipelines]
    owners = owner_options(session, actor)
    if not pipelines:
        return Board([], None, [], Summary(0, "", ""), owners)
    chosen: int = (
        pipeline_id if pipeline_id is not None and pipeline_id in {p.id for p in pipelines} else pipelines[0].id
    )
    condition = wanted(actor, owner_id, text)
    totals = totals_of(session, chosen, condition, clock.today(actor.zone))
    money = money_of(session, actor, chosen)
    columns, stages = [], stages_of(session, chosen)
    for row in stages:
        cards, more = _cards(session, actor, row, condition, None)
        columns.append(column_of(row, totals.get(row.id), money, cards, more))
    return Board(options, chosen, columns, summary_of(stages, totals, money), owners)


def stages_of(session: Session, pipeline_id: int) -> list[Any]:
    """The stages of a pipeline, in order."""
    query = select(stage).where(stage.c.pipeline_id == pipeline_id, stage.c.deleted_at.is_(None))
    return list(session.connection().execute(query.order_by(stage.c.position, stage.c.id)).all())


def column_of(row: Any, totals: Totals | None, money: Money, cards: list[Card], more: bool) -> Column:
    """A stage as a column of the board."""
    found = totals or Totals()
    sums = money.sums(found.amounts)
    return Column(
        id=str(row.id),
        name=row.name,
        kind=row.kind,
        probability=row.probability,
        count=found.count,
        total=sums.text,
        weighted=money.sums(weighted(found.amounts, row.probability), whole=True).text,
        beside=sums.beside,
        note=sums.note,
        age=found.age,
        cards=cards,
        more=more,
    )


def column_cards(
    session: Session, actor: Principal, stage_id: int, after: str, owner_id: int | None = None, text: str = ""
) -> tuple[list[Card], bool]:
    """The cards after the deal whose id is `after`, by key, and whether there are more."""
    there = select(stage).join(pipeline, pipeline.c.id == stage.c.pipeline_id).where(stage.c.id == stage_id)
    row = session.connection().execute(there.where(of_team(actor, pipeline.c.team_id))).first()
    if row is None or not after.isascii() or not after.isdigit():
        return [], False
    condition = wanted(actor, owner_id, text)
    last = (
        session.connection()
        .execute(select(deal.c.rank, deal.c.id).where(deal.c.id == int(after), visible(actor, "deal", deal.c.owner_id)))
        .first()
    )
    return _cards(session, actor, row, condition, last) if last else ([], False)


def _cards(
    session: Session, actor: Principal, row: Any, condition: ColumnElement[bool], last: Any
) -> tuple[list[Card], bool]:
    query = _card_query().where(condition, deal.c.stage_id == row.id).order_by(deal.c.rank, deal.c.id).limit(CARDS + 1)
    if last is not None:
        query = query.where(or_(deal.c.rank > last.rank, and_(deal.c.rank == last.rank, deal.c.id > last.id)))
    found = session.connection().execute(query).all()
    rot_days, today = row.rot_days if row.kind == "open" else 0, clock.today(actor.zone)
    return [_card(r, rot_days, row.kind, actor, today) for r in found[:CARDS]], len(found) > CARDS


def card_of(session: Session, actor: Principal, deal_id: int) -> Card | None:
    """One card, if the actor may see it."""
    found = placed_cards(session, actor, [deal_id], wanted(actor, None, "")).get(deal_id)
    return found.card if found else None


def placed_cards(
    session: Session, actor: Principal, ids: list[int], condition: ColumnElement[bool]
) -> dict[int, PlacedCard]:
    """Those of these deals that the condition lets through, by id."""
    columns = (stage.c.rot_days, stage.c.kind, deal.c.pipeline_id, deal.c.stage_id, deal.c.rank)
    query = _card_query().add_columns(*columns).join(stage, stage.c.id == deal.c.stage_id)
    rows = session.connection().execute(query.where(deal.c.id.in_(ids), condition))
    today = clock.today(actor.zone)
    found = {}
    for r in rows:
        card = _card(r, r.rot_days if r.kind == "open" else 0, r.kind, actor, today)
        found[r.id] = PlacedCard(card, r.pipeline_id, r.stage_id, r.rank)
    return found


def cards_above(session: Session, placed: PlacedCard, condition: ColumnElement[bool]) -> int:
    """How many cards stand above that one in its column."""
    above = (deal.c.rank < placed.rank) | ((deal.c.rank == placed.rank) & (deal.c.id < placed.card.id))
    query = select(func.count()).where(condition, deal.c.stage_id == placed.stage_id, above)
    return session.connection().execute(query).scalar_one()


@cache
def _card_query() -> Any:
    return (
        select(
            deal.c.id,
            deal.c.title,
            deal.c.value_minor,
            deal.c.currency,
            deal.c.is_estimate,
            deal.c.version,
            deal.c.next_step,
            deal.c.next_step_at,
            deal.c.last_touch_at,
            deal.c.closed_on,
            deal.c.stage_since,
            company.c.name.label("company"),
            person.c.display_name.label("person"),
            user.c.name.label("owner"),
            user.c.color.label("color"),
        )
        .select_from(deal)
        .outerjoin(company, company.c.id == deal.c.company_id)
        .outerjoin(person, person.c.id == deal.c.person_id)
        .outerjoin(user, user.c.id == deal.c.owner_id)
    )


def _local(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _card(row: Any, rot_days: int, kind: str, actor: Principal, today: date) -> Card:
    zone = ZoneInfo(actor.zone)
    due = _local(row.next_step_at, zone)
    step = Step(due, row.next_step) if due else None
    quiet = days_quiet(_local(row.last_touch_at, zone), row.stage_since.astimezone(zone).date(), today)
    rotten = is_rotten(quiet, rot_days, step, today)
    if kind == "open":
        label, tone = step_label(step, quiet, rotten, today), step_tone(step, today)
    else:
        label, tone = closed_label(kind, row.closed_on, today), "grey"
    value = format_money(row.value_minor, row.currency, actor.locale) if row.value_minor is not None else "No value"
    names = (row.title, row.company or "", row.person or "", value, row.owner or "Nobody", row.color or "", label)
    title, company_name, person_name, value, owner, color, label = map(sys.intern, names)  # the same on many boards
    return Card(
        id=row.id,
        title=title,
        company=company_name,
        person=person_name,
        value=value,
        estimate=row.is_estimate,
        owner=owner,
        initials=sys.intern(initials(row.owner or "")),
        color=color,
        step=label,
        tone=tone,
        rotten=rotten,
        version=row.version,
    )


def owner_options(session: Session, actor: Principal) -> list[Option]:
    """Owners of deals that the actor may see, by name."""
    has_deals = exists().where(deal.c.owner_id == user.c.id, deal.c.deleted_at.is_(None))
    query = select(user.c.id, user.c.name).where(visible(actor, "deal", user.c.id), has_deals).order_by(user.c.name)
    return [Option(str(r.id), r.name) for r in session.connection().execute(query)]
