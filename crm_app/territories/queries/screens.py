"""What the screens of territories and pools show."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden
from crm_app.core.reader import numeral
from crm_app.identity.policy import decide, may, visible
from crm_app.identity.queries import initials_of
from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property
from crm_app.tables import (
    Availability,
    Company,
    Person,
    Pool,
    PoolMember,
    Team,
    Territory,
    TerritoryAccount,
    TerritoryOwner,
    User,
)
from crm_app.territories.assignment import count_waiting
from crm_app.territories.queries.loads import loads
from crm_app.territories.rules.choosing import METHOD_NAMES

user, team, company, person = (table_of(m) for m in (User, Team, Company, Person))
territory, owner, account = (table_of(m) for m in (Territory, TerritoryOwner, TerritoryAccount))
pool, member, availability = (table_of(m) for m in (Pool, PoolMember, Availability))
COVERS_NAMES = {"lead": "Leads", "deal": "Open deals", "company": "Companies"}
SHOWN_ACCOUNTS, MOST_PEOPLE = 50, 200


@dataclass(frozen=True)
class TerritoryRow:
    """A territory as its screen shows it; `raw…` is what its form begins with."""

    id: int
    version: int
    place: int
    name: str
    rules: list[str]
    people: str
    method: str
    companies: int
    accounts: list[Option]
    owner_ids: list[str]
    team_id: str
    raw: dict[str, str]


@dataclass(frozen=True)
class PoolRow:
    """A pool as its screen shows it; `waiting` open records have no owner."""

    id: int
    version: int
    name: str
    covers: str
    method: str
    arrives: str
    people: str
    waiting: int
    member_ids: list[str]
    raw: dict[str, str]
    from_forms: bool
    from_imports: bool


@dataclass(frozen=True)
class LoadRow:
    """Somebody who gets records: how many are open, how many at most, and whether somebody is away."""

    id: int
    version: int
    name: str
    initials: str
    color: str
    leads: int
    deals: int
    away: bool
    editable: bool
    most_leads: Property
    most_deals: Property


@dataclass(frozen=True)
class Choice:
    """A person to tick."""

    id: str
    name: str


def people(session: Session) -> list[Choice]:
    """Everybody who may be given something; that they exist is no secret."""
    here = (
        user.c.deleted_at.is_(None),
        user.c.status != "disabled",
        user.c.role.in_(("administrator", "manager", "sales")),
    )
    query = select(user.c.id, user.c.name).where(*here).order_by(user.c.sort_key, user.c.id).limit(MOST_PEOPLE)
    return [Choice(str(row.id), row.name) for row in session.connection().execute(query)]


def teams(session: Session) -> list[Choice]:
    """Every living team."""
    query = select(team.c.id, team.c.name).where(team.c.deleted_at.is_(None)).order_by(team.c.sort_key, team.c.id)
    return [Choice(str(row.id), row.name) for row in session.connection().execute(query.limit(MOST_PEOPLE))]


def list_territories(session: Session, actor: Principal) -> list[TerritoryRow]:
    """All of them in order. Raises Forbidden."""
    if not may(actor, "territory.read"):
        raise Forbidden(decide(actor, "read", "territory").why)
    run = session.connection().execute
    query = select(territory, team.c.name.label("team")).outerjoin(team, team.c.id == territory.c.team_id)
    rows = run(query.where(territory.c.deleted_at.is_(None)).order_by(territory.c.position, territory.c.id)).all()
    names = _names(session, owner, owner.c.territory_id)
    counted = select(company.c.territory_id, func.count()).where(company.c.deleted_at.is_(None))
    counts = {row[0]: row[1] for row in run(counted.group_by(company.c.territory_id))}
    accounts: dict[int, list[Option]] = defaultdict(list)
    there = select(account.c.territory_id, company.c.id, company.c.name).join(
        company, company.c.id == account.c.company_id
    )
    living = there.where(company.c.deleted_at.is_(None), visible(actor, "company", company.c.owner_id))
    for id, company_id, name in run(living.order_by(company.c.sort_key, company.c.id)):
        if len(accounts[id]) < SHOWN_ACCOUNTS:
            accounts[id].append(Option(str(company_id), name))
    return [
        _territory_row(row, n, names[row.id], counts.get(row.id, 0), accounts[row.id]) for n, row in enumerate(rows, 1)
    ]


def _territory_row(row: Any, place: int, owners: list[Any], companies: int, accounts: list[Option]) -> TerritoryRow:
    sizes = (row.employees_from, row.employees_to)
    rules = [
        words
        for words in (
            ", ".join(row.countries),
            f"postcode {', '.join(p + '…' for p in row.postcodes)}" if row.postcodes else "",
            ", ".join(row.industries),
            _size(*sizes),
        )
        if words
    ]
    if not rules and not accounts:
        rules = ["Everything that is left"]
    who = ", ".join(o.name for o in owners) or (f"Team {row.team}" if row.team else "Nobody")
    raw = {name: "\n".join(getattr(row, name)) for name in ("countries", "postcodes", "industries")}
    raw |= {
        name: "" if v is None else str(v) for name, v in zip(("employees_from", "employees_to"), sizes, strict=True)
    }
    raw |= {"name": row.name, "method": row.method}
    ids = [str(o.id) for o in owners]
    method = METHOD_NAMES[row.method]
    team_id = str(row.team_id or "")
    return TerritoryRow(
        row.id, row.version, place, row.name, rules, who, method, companies, accounts, ids, team_id, raw
    )


def _size(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{numeral(low)} to {numeral(high)} employees"
    if low is not None:
        return f"from {numeral(low)} employees"
    return f"up to {numeral(high)} employees" if high is not None else ""


def _names(session: Session, parts: Any, parent: Any) -> dict[int, list[Any]]:
    """The people of each territory or pool, in their order."""
    query = select(parent, user.c.id, user.c.name).join(user, user.c.id == parts.c.user_id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.connection().execute(query.order_by(parts.c.position, parts.c.id)):
        found[row[0]].append(row)
    return found


def list_pools(session: Session, actor: Principal) -> list[PoolRow]:
    """All of them in order. Raises Forbidden."""
    if not may(actor, "pool.read"):
        raise Forbidden(decide(actor, "read", "pool").why)
    query = select(pool).where(pool.c.deleted_at.is_(None)).order_by(pool.c.position, pool.c.id)
    rows = session.connection().execute(query).all()
    names = _names(session, member, member.c.pool_id)
    waiting = {covers: count_waiting(session, covers) for covers in {row.covers for row in rows}}
    found = []
    for row in rows:
        ways = [way for way, on in (("forms", row.from_forms), ("imports", row.from_imports)) if on]
        arrives = f"New ones from {' and '.join(ways)}" if ways else "Only when you say so"
        who = ", ".join(m.name for m in names[row.id]) or "Nobody"
        raw = {"name": row.name, "covers": row.covers, "method": row.method}
        ids = [str(m.id) for m in names[row.id]]
        shown = (row.name, COVERS_NAMES[row.covers], METHOD_NAMES[row.method], arrives, who, waiting[row.covers])
        found.append(PoolRow(row.id, row.version, *shown, ids, raw, row.from_forms, row.from_imports))
    return found


def pool_options(session: Session, actor: Principal, kind: str) -> list[Option]:
    """The pools to which records of a kind can be given."""
    if not may(actor, "pool.read"):
        return []
    covers = {"person": "lead", "deal": "deal", "company": "company"}.get(kind, "")
    query = select(pool.c.id, pool.c.name).where(pool.c.deleted_at.is_(None), pool.c.covers == covers)
    rows = session.connection().execute(query.order_by(pool.c.position, pool.c.id))
    return [Option(str(row.id), row.name) for row in rows]


def list_loads(session: Session, actor: Principal) -> list[LoadRow]:
    """Everybody in a pool or a territory within the actor's reach, with what is open."""
    parts = select(member.c.user_id).union(select(owner.c.user_id))
    run = session.connection().execute
    query = (
        select(user.c.id, user.c.name, user.c.color)
        .where(user.c.id.in_(parts), user.c.deleted_at.is_(None), visible(actor, "availability", user.c.id))
        .order_by(user.c.sort_key, user.c.id)
        .limit(MOST_PEOPLE)
    )
    rows = run(query).all()
    ids = [row.id for row in rows]
    leads, deals = loads(session, "lead", ids), loads(session, "deal", ids)
    known = select(availability).where(availability.c.user_id.in_(ids), availability.c.deleted_at.is_(None))
    limits = {row.user_id: row for row in run(known)}
    return [_load_row(actor, row, leads.get(row.id, 0), deals.get(row.id, 0), limits.get(row.id)) for row in rows]


def _load_row(actor: Principal, row: Any, leads: int, deals: int, limit: Any) -> LoadRow:
    editable = decide(actor, "edit", "availability", row.id).allowed and may(actor, "availability.create")

    def most(name: str, label: str) -> Property:
        value = "" if limit is None or getattr(limit, name) is None else str(getattr(limit, name))
        return Property(f"{row.id}.{name}", f"{label} of {row.name}", value, value, "int", editable)

    return LoadRow(
        row.id,
        limit.version if limit else 0,
        row.name,
        initials_of(row.name),
        row.color,
        leads,
        deals,
        bool(limit and limit.away),
        editable,
        most("most_leads", "Most leads"),
        most("most_deals", "Most open deals"),
    )
