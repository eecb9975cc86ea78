"""What the territories would change of the companies: the same arithmetic for the preview and for the run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid
from crm_app.identity.policy import decide, scope
from crm_app.records.bulk import Portion, open_run
from crm_app.tables import BulkRun, Company, User
from crm_app.territories.queries.reading import Ordered, firms, ordered_territories
from crm_app.territories.rules.matching import Match, find_territory
from crm_app.territories.sharing import Sharing, lock

TERRITORIES = "territories"  # the operation of a bulk run
MODES = ("unowned", "all", "none")
PORTION, PAGE = 500, 50
company, user = table_of(Company), table_of(User)


@dataclass(frozen=True)
class Planned:
    """A company that would change: its territory and owner as they are and as they would be, and why."""

    company_id: int
    name: str
    version: int
    territory_id: int | None
    new_territory_id: int | None
    owner_id: int | None
    new_owner_id: int | None
    why: str


@dataclass(frozen=True)
class PlannedRow:
    """A planned change in words."""

    id: int
    name: str
    territory: str
    new_territory: str
    owner: str
    new_owner: str
    why: str


@dataclass(frozen=True)
class Share:
    """How many companies a territory has now and would have, and how many of them get another owner."""

    name: str
    now: int
    then: int
    owners: int


@dataclass(frozen=True)
class Preview:
    """Who would change and why: counts of all, and a page of the list."""

    mode: str = "unowned"
    total: int = 0
    changed: int = 0
    new_owners: int = 0
    unmatched: int = 0
    shares: list[Share] = field(default_factory=list)
    rows: list[PlannedRow] = field(default_factory=list)


def _rows(session: Session, after: int, limit: int) -> list[Any]:
    keys = (company.c.id, company.c.name, company.c.version, company.c.territory_id, company.c.owner_id)
    query = select(*keys).where(company.c.deleted_at.is_(None), company.c.id > after).order_by(company.c.id)
    return list(session.connection().execute(query.limit(limit)))


def _plan(rows: Sequence[Any], session: Session, known: Ordered, sharing: Sharing, mode: str) -> list[Planned]:
    """Every one of these companies as it would be."""
    there = firms(session, [row.id for row in rows])
    found = []
    for row in rows:
        match = find_territory(there[row.id], known.rules)
        owner = _owner(row.owner_id, match, known, sharing, mode)
        land = match.territory_id if match else None
        why = f"{match.name}: {match.why}" if match else "No territory takes it."
        found.append(Planned(row.id, row.name, row.version, row.territory_id, land, row.owner_id, owner, why))
    return found


def _owner(owner_id: int | None, match: Match | None, known: Ordered, sharing: Sharing, mode: str) -> int | None:
    """Whoever looks after the territory already keeps it; others only where the mode says so."""
    if match is None or mode == "none" or (owner_id is not None and mode != "all"):
        return owner_id
    source = known.source(match.territory_id, "company")
    if owner_id in source.user_ids:
        return owner_id
    got = sharing.next(source)
    if got is None:
        return owner_id
    sharing.release("company", owner_id)
    return got


def changes_something(one: Planned) -> bool:
    """Is it to be another territory or another owner?"""
    return one.territory_id != one.new_territory_id or one.owner_id != one.new_owner_id


def _may(actor: Principal, mode: str) -> None:
    if scope(actor, "administer", "territory") == "none":
        raise Forbidden(decide(actor, "administer", "territory").why)
    if mode not in MODES:
        raise Invalid({"mode": "Choose what happens to the owners."})


def preview(session: Session, actor: Principal, mode: str, start: int = 0) -> Preview:
    """What applying would do now; nothing is written. Raises Forbidden, Invalid."""
    _may(actor, mode)
    known, sharing = ordered_territories(session), Sharing(session, keeps=False)
    names: dict[int | None, str] = {r.id: r.name for r in known.rules}
    total, unmatched, after = 0, 0, 0
    now, then, owners = Counter[int | None](), Counter[int | None](), Counter[int | None]()
    changed: list[Planned] = []
    while rows := _rows(session, after, PORTION):
        after, total = rows[-1].id, total + len(rows)
        for one in _plan(rows, session, known, sharing, mode):
            now[one.territory_id] += 1
            then[one.new_territory_id] += 1
            owners[one.new_territory_id] += one.owner_id != one.new_owner_id
            unmatched += one.new_territory_id is None
            if changes_something(one):
                changed.append(one)
    shares = [Share(r.name, now[r.id], then[r.id], owners[r.id]) for r in known.rules]
    page = changed[max(start, 0) : max(start, 0) + PAGE]
    rows_shown = _in_words(session, page, names)
    return Preview(mode, total, len(changed), sum(owners.values()), unmatched, shares, rows_shown)


def _in_words(session: Session, page: Sequence[Planned], names: dict[int | None, str]) -> list[PlannedRow]:
    ids = sorted({id for one in page for id in (one.owner_id, one.new_owner_id) if id is not None})
    query = select(user.c.id, user.c.name).where(user.c.id.in_(ids))
    people: dict[int | None, str] = {row.id: row.name for row in session.connection().execute(query)}
    return [
        PlannedRow(
            one.company_id,
            one.name,
            names.get(one.territory_id, "–"),
            names.get(one.new_territory_id, "–"),
            people.get(one.owner_id, "–"),
            people.get(one.new_owner_id, "–"),
            one.why,
        )
        for one in page
    ]


def changes_of(session: Session, mode: str) -> list[Change]:
    """Everything that the territories would change, at once."""
    known, sharing = ordered_territories(session), Sharing(session, keeps=False)
    changes, after = [], 0
    while rows := _rows(session, after, PORTION):
        after = rows[-1].id
        changes += [_change(one) for one in _plan(rows, session, known, sharing, mode) if changes_something(one)]
    return changes


def _change(one: Planned) -> Change:
    values = {"territory_id": one.new_territory_id, "owner_id": one.new_owner_id}
    return Change("company", one.company_id, values, expected=one.version)


def start_territories(session: Session, actor: Principal, mode: str) -> int:
    """A run that applies the territories to every company, one batch, taken back as one. Raises Forbidden, Invalid."""
    _may(actor, mode)
    total = session.connection().execute(
        select(func.count()).select_from(company).where(company.c.deleted_at.is_(None))
    )
    note = "Territories applied"
    count = total.scalar_one()
    return open_run(session, actor, TERRITORIES, "company", total=count, set_values={"mode": mode}, note=note)


def application(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The operation of that run: the next companies; `cursor` is the id of the last one that was looked at."""
    lock(session)
    rows = _rows(session, run.cursor, limit)
    sharing = Sharing(session)
    planned = _plan(rows, session, ordered_territories(session), sharing, str(run.set_values.get("mode")))
    sharing.close()
    cursor = rows[-1].id if rows else run.cursor
    portion = Portion(rows=len(rows), cursor=cursor, is_last=len(rows) < limit)
    portion.changes = [_change(one) for one in planned if changes_something(one)]
    return portion
