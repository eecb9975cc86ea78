"""The cards of a board: pages of a column by key, single cards with their place."""

import sys
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_money
from crm_app.core.text import initials
from crm_app.deals.queries.rows import Card
from crm_app.deals.queries.sorting import Sorting, sorting_of
from crm_app.deals.queries.totals import money_of
from crm_app.deals.queries.wish import Wish, living, wanted
from crm_app.deals.rules import Step, closed_label, days_quiet, is_rotten, step_label, step_tone
from crm_app.identity.policy import of_team, visible
from crm_app.records.listing.order import Key, Order
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
    kind: str
    key: Key


def lane_column(lanes: str) -> ColumnElement[Any]:
    """What tells the lanes of a board apart: the owner, or the owner's team."""
    return deal.c.owner_id if lanes == "owner" else user.c.team_id


def in_lane(lanes: str, lane: int) -> ColumnElement[bool]:
    """The deals of one lane; 0 is the lane of those that belong to nobody, or to no team."""
    if lanes == "owner":
        return deal.c.owner_id == lane if lane else deal.c.owner_id.is_(None)
    members = select(user.c.id).where(user.c.team_id == lane if lane else user.c.team_id.is_(None))
    return deal.c.owner_id.in_(members) if lane else deal.c.owner_id.is_(None) | deal.c.owner_id.in_(members)


def sorting(session: Session, actor: Principal, wish: Wish, pipeline_id: int) -> Sorting:
    """The order that is wished for; only that by value reads anything."""
    money = money_of(session, actor, pipeline_id) if wish.sort == "value" else None
    return sorting_of(wish.sort, actor, money)


def column_cards(
    session: Session, actor: Principal, wish: Wish, stage_id: int, after: str, lane: int | None = None
) -> tuple[list[Card], bool]:
    """The cards after the deal whose id is `after`, by key, and whether there are more."""
    run = session.connection().execute
    there = select(stage).join(pipeline, pipeline.c.id == stage.c.pipeline_id).where(stage.c.id == stage_id)
    row = run(there.where(of_team(actor, pipeline.c.team_id))).first()
    if row is None or not after.isascii() or not after.isdigit() or len(after) > 16:
        return [], False
    order = sorting(session, actor, wish, row.pipeline_id)
    own = and_(deal.c.id == int(after), visible(actor, "deal", deal.c.owner_id))  # also when it was deleted meanwhile
    last = run(select(deal.c.id, *order.columns).where(own)).first()
    condition = wanted(session, actor, wish)
    if wish.lanes:
        condition = and_(condition, in_lane(wish.lanes, lane or 0))
    return cards_of(session, actor, row, condition, order, wish.lanes, last) if last else ([], False)


def cards_of(
    session: Session,
    actor: Principal,
    row: Any,
    condition: ColumnElement[bool],
    sorting: Sorting,
    lanes: str = "",
    last: Any = None,
) -> tuple[list[Card], bool]:
    """The first cards of a stage, or those behind `last`: first their ids in order, then what these few show."""
    order = sorting.of(row.kind)
    keys = [part.expression.label(f"o{n}") for n, part in enumerate(order.parts)]
    first = select(deal.c.id.label("page_id"), *keys).where(condition, deal.c.stage_id == row.id)
    if last is not None:
        first = first.where(order.beyond(sorting.place(last, row.kind)))
    page = first.order_by(*order.by()).limit(CARDS + 1).subquery("page")
    again = Order(tuple(replace(p, expression=page.c[f"o{n}"]) for n, p in enumerate(order.parts)), ())
    query = card_query().add_columns(*sorting.columns).join(page, page.c.page_id == deal.c.id)
    found = session.connection().execute(query.order_by(*again.by())).all()
    look = Look(actor, sorting, lanes)
    return [look.card(r, row.kind, row.rot_days) for r in found[:CARDS]], len(found) > CARDS


def card_of(session: Session, actor: Principal, deal_id: int, wish: Wish | None = None) -> Card | None:
    """One card as the board that is asked for shows it, if the actor may see it."""
    asked = wish or Wish()
    pipeline_id = session.connection().execute(select(deal.c.pipeline_id).where(deal.c.id == deal_id)).scalar()
    order = sorting(session, actor, asked, pipeline_id or 0)
    found = placed_cards(session, actor, [deal_id], living(actor), order, asked.lanes).get(deal_id)
    return found.card if found else None


def placed_cards(
    session: Session,
    actor: Principal,
    ids: list[int],
    condition: ColumnElement[bool],
    sorting: Sorting,
    lanes: str = "",
) -> dict[int, PlacedCard]:
    """Those of these deals that the condition lets through, by id."""
    columns = (stage.c.rot_days, stage.c.kind, deal.c.pipeline_id, deal.c.stage_id)
    query = card_query().add_columns(*columns, *sorting.columns).join(stage, stage.c.id == deal.c.stage_id)
    look, found = Look(actor, sorting, lanes), {}
    for r in session.connection().execute(query.where(deal.c.id.in_(ids), condition)):
        card = look.card(r, r.kind, r.rot_days)
        found[r.id] = PlacedCard(card, r.pipeline_id, r.stage_id, r.kind, sorting.place(r, r.kind))
    return found


def cards_above(session: Session, placed: PlacedCard, condition: ColumnElement[bool], sorting: Sorting) -> int:
    """How many cards stand above that one in its column."""
    above = sorting.of(placed.kind).beyond(placed.key, backwards=True)
    query = select(func.count()).select_from(deal).where(condition, deal.c.stage_id == placed.stage_id, above)
    return session.connection().execute(query).scalar_one()


@cache
def card_query() -> Any:
    """What a card shows."""
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
            deal.c.expected_close_on,
            deal.c.closed_on,
            deal.c.stage_since,
            deal.c.owner_id,
            company.c.name.label("company"),
            person.c.display_name.label("person"),
            user.c.name.label("owner"),
            user.c.color.label("color"),
            user.c.team_id.label("team_id"),
        )
        .select_from(deal)
        .outerjoin(company, company.c.id == deal.c.company_id)
        .outerjoin(person, person.c.id == deal.c.person_id)
        .outerjoin(user, user.c.id == deal.c.owner_id)
    )


class Look:
    """How rows become cards for one reader: in the reader's words, on the reader's day."""

    def __init__(self, actor: Principal, sorting: Sorting, lanes: str) -> None:
        self.actor, self.sorting, self.lanes = actor, sorting, lanes
        self.zone, self.today = ZoneInfo(actor.zone), clock.today(actor.zone)

    def card(self, row: Any, kind: str, rot_days: int) -> Card:
        """One card of a stage of that kind."""
        label, tone, rotten = self._step(row, kind, rot_days)
        value = format_money(row.value_minor, row.currency, self.actor.locale) if row.value_minor is not None else ""
        closes = row.expected_close_on if kind == "open" else None
        names = (row.title, row.company or "", row.person or "", value or "No value", row.owner or "Nobody")
        title, company_name, person_name, value, owner = map(sys.intern, names)  # the same on many boards
        return Card(
            id=row.id,
            title=title,
            company=company_name,
            person=person_name,
            value=value,
            estimate=row.is_estimate,
            owner=owner,
            initials=sys.intern(initials(row.owner or "")),
            color=sys.intern(row.color or ""),
            step=sys.intern(label),
            tone=tone,
            rotten=rotten,
            closes=sys.intern(self._day(closes)) if closes else "",
            version=row.version,
            key=self.sorting.numbers(row),
            lane=str((row.owner_id if self.lanes == "owner" else row.team_id) or 0) if self.lanes else "",
        )

    def _step(self, row: Any, kind: str, rot_days: int) -> tuple[str, str, bool]:
        """The words beside the dot, its colour, and whether the deal rots."""
        if kind != "open":
            return closed_label(kind, row.closed_on, self.today), "grey", False
        due = self._local(row.next_step_at)
        step = Step(due, row.next_step) if due else None
        moved = row.stage_since.astimezone(self.zone).date()
        quiet = days_quiet(self._local(row.last_touch_at), moved, self.today)
        rotten = is_rotten(quiet, rot_days, step, self.today)
        return step_label(step, quiet, rotten, self.today), step_tone(step, self.today), rotten

    def _local(self, at: datetime | None) -> date | None:
        return at.astimezone(self.zone).date() if at else None

    def _day(self, day: date) -> str:
        return f"{day.day} {day:%b}" if day.year == self.today.year else f"{day.day} {day:%b %Y}"
