"""Targets as far as the viewer may see them, in the organisation's currency."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.forecast.rules.figures import rolled_up, target_of
from crm_app.forecast.rules.periods import Period
from crm_app.identity.policy import visible
from crm_app.rates.converter import Converter
from crm_app.tables import Target, Team, User

target, user, team = (table_of(m) for m in (Target, User, Team))
Given = dict[tuple[str, date], int]


@dataclass(frozen=True)
class Person:
    """Somebody with a name, a face and a team."""

    id: int
    name: str
    color: str
    team_id: int | None


@dataclass(frozen=True)
class Group:
    """A team: the one above it, its region, its name."""

    id: int
    name: str
    parent_id: int | None
    office: str


@dataclass
class People:
    """Everybody in reach, the teams, and what each is to win."""

    persons: dict[int, Person]
    teams: dict[int, Group]
    of_persons: dict[int, Given] = field(default_factory=lambda: defaultdict(dict))
    of_teams: dict[int, Given] = field(default_factory=lambda: defaultdict(dict))

    def of_person(self, id: int, period: Period) -> int | None:
        """What this person is to win."""
        return target_of(self.of_persons[id], period) if id in self.of_persons else None

    def by_team(self, period: Period) -> dict[int, int | None]:
        """What every team is to win, with the teams below it."""
        members: dict[int, int | None] = {}
        for person in self.persons.values():
            amount = self.of_person(person.id, period)
            if amount is not None and person.team_id in self.teams:
                members[person.team_id] = (members.get(person.team_id) or 0) + amount
        own = {id: target_of(given, period) for id, given in self.of_teams.items()}
        return rolled_up({t.id: t.parent_id for t in self.teams.values()}, own, members)

    def whole(self, period: Period, *, owner_id: int | None = None, team_id: int | None = None) -> int | None:
        """What all of them are to win, or that person, or that team."""
        if owner_id is not None:
            return self.of_person(owner_id, period)
        teams = self.by_team(period)
        if team_id is not None:
            return teams.get(team_id)
        tops = [teams[t.id] for t in self.teams.values() if t.parent_id not in self.teams]
        loose = [self.of_person(p.id, period) for p in self.persons.values() if p.team_id not in self.teams]
        known = [amount for amount in (*tops, *loose) if amount is not None]
        return sum(known) if known else None


def people_in_reach(session: Session, actor: Principal, periods: Sequence[Period], money: Converter) -> People:
    """Who they are, with their targets for these periods and the parts of them."""
    run = session.connection().execute
    persons = run(
        select(user.c.id, user.c.name, user.c.color, user.c.team_id)
        .where(visible(actor, "forecast", user.c.id))
        .order_by(user.c.sort_key, user.c.id)
    )
    teams = run(
        select(team.c.id, team.c.name, team.c.parent_id, team.c.office)
        .where(team.c.deleted_at.is_(None))
        .order_by(team.c.sort_key, team.c.id)
    )
    found = People({p.id: Person(*p) for p in persons}, {t.id: Group(*t) for t in teams})
    if not periods:
        return found
    wanted = (target.c.starts_on >= periods[0].start, target.c.starts_on < periods[-1].end)
    rows = run(
        select(target.c.user_id, target.c.team_id, target.c.period, target.c.starts_on)
        .add_columns(target.c.amount_minor, target.c.currency)
        .where(target.c.deleted_at.is_(None), visible(actor, "target", target.c.owner_id), *wanted)
    )
    for row in rows:
        given = found.of_persons[row.user_id] if row.user_id is not None else found.of_teams[row.team_id]
        given[row.period, row.starts_on] = money.minor(row.amount_minor, row.currency)
    return found
