"""The telephone numbers behind activities: of the person, else of the company, as far as the actor may see them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.rows import Number
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import tel
from crm_app.records.phones import shown
from crm_app.records.reading import may_see
from crm_app.tables import Company, Person, PersonPhone

person, company, phone = table_of(Person), table_of(Company), table_of(PersonPhone)


def numbers_of(
    session: Session, actor: Principal, refs: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], list[Number]]:
    """By record, the primary one first."""
    wanted = set(refs)
    found: dict[tuple[str, int], list[Number]] = {}
    people = [id for name, id in wanted if name == "person"]
    query = (
        select(phone.c.person_id, phone.c.value, person.c.display_name)
        .join(person, person.c.id == phone.c.person_id)
        .where(phone.c.person_id.in_(people), person.c.deleted_at.is_(None), may_see(actor, kind("person")))
        .order_by(phone.c.is_primary.desc(), phone.c.position, phone.c.id)
    )
    for id, value, whose in session.connection().execute(query):
        found.setdefault(("person", id), []).append(Number(shown(value), tel(value), whose))
    firms = [id for name, id in wanted if name == "company"]
    query = select(company.c.id, company.c.phone, company.c.name).where(
        company.c.id.in_(firms), company.c.phone != "", company.c.deleted_at.is_(None), may_see(actor, kind("company"))
    )
    for id, value, whose in session.connection().execute(query):
        found[("company", id)] = [Number(shown(value), tel(value), whose)]
    return found


def numbers_for(row: Any, known: dict[tuple[str, int], list[Number]]) -> list[Number]:
    """Those to call for one activity."""
    for name in ("person", "company"):
        if found := known.get((name, getattr(row, f"{name}_id") or 0)):
            return found
    return []
