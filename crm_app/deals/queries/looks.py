"""What a card shows, and how rows become cards for one reader: the most of what a board costs."""

import sys
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_money
from crm_app.core.reader import near_day
from crm_app.core.text import initials
from crm_app.deals.queries.rows import Card
from crm_app.deals.queries.sorting import Sorting
from crm_app.deals.rules import Step, closed_label, days_quiet, is_rotten, step_label, step_tone
from crm_app.tables import Company, Deal, Person, User

deal, company, person, user = (table_of(model) for model in (Deal, Company, Person, User))


@cache
def card_query() -> Any:
    """What a card shows; `Look.card` takes it by its place."""
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


SHOWN = len(card_query().selected_columns)


class Look:
    """How rows become cards for one reader: in the reader's words, on the reader's day."""

    def __init__(self, actor: Principal, sorting: Sorting, lanes: str) -> None:
        self.actor, self.sorting, self.lanes = actor, sorting, lanes
        self.zone, self.today = ZoneInfo(actor.zone), clock.today(actor.zone)

    def card(self, row: Any, kind: str, rot_days: int) -> Card:
        """One card of a stage of that kind."""
        id, title, minor, currency, estimate, version, next_step, next_at, touched, expected, closed, since, *who = row[
            :SHOWN
        ]
        owner_id, company_name, person_name, owner, color, team_id = who
        if kind == "open":
            label, tone, rotten = self._step(next_at, next_step, touched, since, rot_days)
        else:
            label, tone, rotten, expected = closed_label(kind, closed, self.today), "grey", False, None
        value = "No value" if minor is None else format_money(minor, currency, self.actor.locale) or "No value"
        same = sys.intern  # on many boards
        return Card(
            id,
            same(title),
            same(company_name or ""),
            same(person_name or ""),
            same(value),
            estimate,
            same(owner or "Nobody"),
            initials(owner or ""),
            same(color or ""),
            same(label),
            tone,
            rotten,
            same(self._day(expected)) if expected else "",
            version,
            self.sorting.numbers(row),
            str((owner_id if self.lanes == "owner" else team_id) or 0) if self.lanes else "",
        )

    def _step(
        self, next_at: datetime | None, name: str, touched: datetime | None, since: datetime, rot_days: int
    ) -> tuple[str, str, bool]:
        """The words beside the dot, its colour, and whether the deal rots, which it does only after so many days."""
        due = self._local(next_at)
        step = Step(due, name) if due else None
        quiet = days_quiet(self._local(touched), since.astimezone(self.zone).date(), self.today) if rot_days else 0
        rotten = is_rotten(quiet, rot_days, step, self.today)
        return step_label(step, quiet, rotten, self.today), step_tone(step, self.today), rotten

    def _local(self, at: datetime | None) -> date | None:
        return at.astimezone(self.zone).date() if at else None

    def _day(self, day: date) -> str:
        return near_day(day, self.today)
