"""Which rows belong to the timeline of a record: its own, and those of what belongs to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, union_all
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.records.reading import may_see
from crm_app.tables import Activity, Deal, Person
from crm_app.timeline.rules import Place

PAGE = 30
FEW = 8  # people or deals that are asked one by one, for each has its activities in order by an index
activity, deal, person = (table_of(m) for m in (Activity, Deal, Person))


def deals_of(actor: Principal, name: str, id: int) -> ColumnElement[bool] | None:
    """The deals of a person or a company that the actor may see; None for other kinds."""
    column = {"person": deal.c.person_id, "company": deal.c.company_id}.get(name)
    if column is None:
        return None
    return and_(column == id, deal.c.deleted_at.is_(None), may_see(actor, kind("deal")))


def people_of(actor: Principal, name: str, id: int) -> ColumnElement[bool] | None:
    """The people of a company that the actor may see; None for other kinds."""
    if name != "company":
        return None
    return and_(person.c.company_id == id, person.c.deleted_at.is_(None), may_see(actor, kind("person")))


def places(actor: Principal, name: str, id: int) -> list[ColumnElement[bool]]:
    """Conditions on activities, each answered by an index, that together are the timeline of the record."""
    own = {"person": activity.c.person_id, "company": activity.c.company_id, "deal": activity.c.deal_id}.get(name)
    if own is None:
        return [false()]
    found: list[ColumnElement[bool]] = [own == id]
    people, deals = people_of(actor, name, id), deals_of(actor, name, id)
    if people is not None:
        found.append(activity.c.person_id.in_(select(person.c.id).where(people)))
    if deals is not None:
        found.append(activity.c.deal_id.in_(select(deal.c.id).where(deals)))
    return found


def in_turn(session: Session, actor: Principal, name: str, id: int) -> list[list[ColumnElement[bool]]]:
    """The same conditions, the record's own first: once these answer, of the others only what is newer is asked."""
    own, *others = places(actor, name, id)
    found = [[own]]
    belonging = [(person, people_of(actor, name, id)), (deal, deals_of(actor, name, id))]
    named = [(table, wanted) for table, wanted in belonging if wanted is not None]
    for (table, wanted), at_once in zip(named, others, strict=True):
        ids = session.connection().execute(select(table.c.id).where(wanted).limit(FEW + 1)).scalars().all()
        column = activity.c.person_id if table is person else activity.c.deal_id
        found.append([column == one for one in ids] if len(ids) <= FEW else [at_once])
    return [conditions for conditions in found if conditions]


def before(at: Any, id: Any, place: Place | None) -> list[ColumnElement[bool]]:
    """Older than that place; nothing to ask without one."""
    if place is None:
        return []
    return [at <= place.at, or_(at < place.at, id < place.id)]


def newest(query: Any, at: Any, id: Any, place: Place | None, count: int) -> Any:
    """The first rows of a query from a place on."""
    return query.where(*before(at, id, place)).order_by(at.desc(), id.desc()).limit(count)


def together(parts: Sequence[Any]) -> Any:
    """The rows of several limited queries; one may come twice."""
    if len(parts) == 1:
        return parts[0]
    return union_all(*[select(part.subquery()) for part in parts])
