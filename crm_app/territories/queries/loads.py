"""How much everybody has open, and who takes new work."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.tables import Availability, Company, Deal, Person, Stage, User
from crm_app.territories.rules.choosing import Candidate

user, stage, availability = (table_of(m) for m in (User, Stage, Availability))
TABLES = {"lead": table_of(Person), "deal": table_of(Deal), "company": table_of(Company)}
KINDS = {"lead": "person", "deal": "deal", "company": "company"}  # what a pool covers, as a kind


def open_records(covers: str) -> ColumnElement[bool]:
    """Which records of what a pool covers count as work at hand."""
    table = TABLES[covers]
    living = table.c.deleted_at.is_(None)
    if covers == "lead":
        return living & (table.c.lifecycle == "lead")
    if covers == "deal":
        return living & table.c.stage_id.in_(select(stage.c.id).where(stage.c.kind == "open"))
    return living


def loads(session: Session, covers: str, user_ids: Sequence[int]) -> dict[int, int]:
    """How many open records each of these people has."""
    owner_id = TABLES[covers].c.owner_id
    query = select(owner_id, func.count()).where(open_records(covers), owner_id.in_(sorted(user_ids)))
    return {row[0]: row[1] for row in session.connection().execute(query.group_by(owner_id))}


def candidates(session: Session, covers: str, user_ids: Sequence[int]) -> dict[int, Candidate]:
    """These people with their loads and limits; whoever left the organisation is not among them."""
    run = session.connection().execute
    living = run(
        select(user.c.id).where(
            user.c.id.in_(sorted(user_ids)), user.c.deleted_at.is_(None), user.c.status != "disabled"
        )
    )
    counts = loads(session, covers, user_ids)
    limits = {
        row.user_id: row
        for row in run(
            select(availability).where(
                availability.c.user_id.in_(sorted(user_ids)), availability.c.deleted_at.is_(None)
            )
        )
    }
    found: dict[int, Candidate] = {}
    for id in living.scalars():
        limit = limits.get(id)
        most = None if limit is None else {"lead": limit.most_leads, "deal": limit.most_deals}.get(covers)
        found[id] = Candidate(id, counts.get(id, 0), most, bool(limit and limit.away))
    return found
