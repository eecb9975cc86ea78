"""Territories and companies as the rules see them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.identity.teams import team_subtree
from crm_app.tables import (
    Company,
    CompanyAddress,
    Person,
    PersonAddress,
    Pool,
    PoolMember,
    Territory,
    TerritoryAccount,
    TerritoryOwner,
    User,
)
from crm_app.territories.rules.matching import Firm, Rules, Spot

territory, owner, account, user = (table_of(m) for m in (Territory, TerritoryOwner, TerritoryAccount, User))
company, address, person, person_address = (table_of(m) for m in (Company, CompanyAddress, Person, PersonAddress))
pool, member = table_of(Pool), table_of(PoolMember)


@dataclass(frozen=True)
class Source:
    """People among whom something is shared out: those of a pool or of a territory, in their order."""

    kind: str
    id: int
    name: str
    method: str
    covers: str
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class Ordered:
    """All territories in order: their rules, and who looks after each."""

    rules: list[Rules]
    people: dict[int, tuple[int, ...]]
    methods: dict[int, str]

    def source(self, id: int, covers: str) -> Source:
        """The people of a territory."""
        name = next((r.name for r in self.rules if r.id == id), "")
        return Source("territory", id, name, self.methods.get(id, "round_robin"), covers, self.people.get(id, ()))


def ordered_territories(session: Session) -> Ordered:
    """Every living territory in the order in which they are asked."""
    run = session.connection().execute
    query = select(territory).where(territory.c.deleted_at.is_(None)).order_by(territory.c.position, territory.c.id)
    rows = run(query).all()
    named: dict[int, set[int]] = defaultdict(set)
    for id, company_id in run(select(account.c.territory_id, account.c.company_id)):
        named[id].add(company_id)
    owners: dict[int, list[int]] = defaultdict(list)
    for id, user_id in run(select(owner.c.territory_id, owner.c.user_id).order_by(owner.c.position, owner.c.id)):
        owners[id].append(user_id)
    found = Ordered([], {}, {})
    for row in rows:
        lists = (tuple(row.countries), tuple(row.postcodes), tuple(row.industries))
        found.rules.append(
            Rules(row.id, row.name, *lists, row.employees_from, row.employees_to, frozenset(named[row.id]))
        )
        found.people[row.id] = tuple(owners[row.id]) or _team(session, row.team_id)
        found.methods[row.id] = row.method
    return found


def _team(session: Session, team_id: int | None) -> tuple[int, ...]:
    if team_id is None:
        return ()
    tree = team_subtree(team_id)
    query = select(user.c.id).where(user.c.team_id.in_(select(tree.c.id)), user.c.deleted_at.is_(None))
    return tuple(session.connection().execute(query.order_by(user.c.id)).scalars())


def firms(session: Session, ids: Sequence[int]) -> dict[int, Firm]:
    """These companies with their places: the country of the company first, then its addresses."""
    found: dict[int, Firm] = {}
    for start in range(0, len(ids), IN_LIMIT):
        part = ids[start : start + IN_LIMIT]
        places: dict[int, list[Spot]] = defaultdict(list)
        query = select(address.c.company_id, address.c.country, address.c.postcode).where(
            address.c.company_id.in_(part)
        )
        for id, country, postcode in session.connection().execute(query.order_by(address.c.position, address.c.id)):
            places[id].append(Spot(country, postcode))
        rows = select(company.c.id, company.c.industry, company.c.employees, company.c.country)
        for row in session.connection().execute(rows.where(company.c.id.in_(part))):
            spots = ((Spot(row.country),) if row.country else ()) + tuple(places[row.id])
            found[row.id] = Firm(row.id, row.industry, row.employees, spots)
    return found


def people_as_firms(session: Session, ids: Sequence[int]) -> dict[int, Firm]:
    """People without a company, by where they live; their number is no company's."""
    places: dict[int, list[Spot]] = defaultdict(list)
    for start in range(0, len(ids), IN_LIMIT):
        keys = (person_address.c.person_id, person_address.c.country, person_address.c.postcode)
        query = select(*keys).where(person_address.c.person_id.in_(ids[start : start + IN_LIMIT]))
        for id, country, postcode in session.connection().execute(query.order_by(person_address.c.id)):
            places[id].append(Spot(country, postcode))
    return {id: Firm(0, spots=tuple(places[id])) for id in ids}


def pools(session: Session) -> list[tuple[Source, bool, bool]]:
    """Every living pool in order, with whether it takes what comes from forms and from imports."""
    run = session.connection().execute
    rows = run(select(pool).where(pool.c.deleted_at.is_(None)).order_by(pool.c.position, pool.c.id)).all()
    members: dict[int, list[int]] = defaultdict(list)
    if rows:
        for id, user_id in run(select(member.c.pool_id, member.c.user_id).order_by(member.c.position, member.c.id)):
            members[id].append(user_id)
    return [
        (Source("pool", r.id, r.name, r.method, r.covers, tuple(members[r.id])), r.from_forms, r.from_imports)
        for r in rows
    ]
