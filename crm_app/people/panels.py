"""People beside a record: those of a company, the colleagues of a person, and how people are related."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.identity.policy import decide, may, visible
from crm_app.people.rules import relation_words, span_words
from crm_app.records.page.rows import Panel, Related
from crm_app.tables import Company, Person, PersonEmail, PersonRelation, PersonRole

SHOWN = 12
person, company, email, relation, role = (
    table_of(m) for m in (Person, Company, PersonEmail, PersonRelation, PersonRole)
)


def people_of_company(session: Session, actor: Principal, id: int) -> Panel | None:
    """Everybody who works there, by name."""
    if not may(actor, "person.read"):
        return None
    count, rows = _people(session, actor, person.c.company_id == id)
    create = "person" if may(actor, "person.create") else ""
    return Panel(
        "people",
        "People",
        numeral(count),
        rows,
        "Nobody is known here yet.",
        create,
        "New person",
        {"company_id": str(id)},
    )


def colleagues_of(session: Session, actor: Principal, id: int) -> Panel | None:
    """The others of the same company."""
    query = select(person.c.company_id, company.c.name).join(company, company.c.id == person.c.company_id)
    here = session.connection().execute(query.where(person.c.id == id)).first()
    if here is None or not may(actor, "person.read"):
        return None
    count, rows = _people(session, actor, (person.c.company_id == here.company_id) & (person.c.id != id))
    if not count:
        return None
    return Panel("colleagues", f"Colleagues at {here.name}", numeral(count), rows)


def relations_of(session: Session, actor: Principal, id: int) -> Panel | None:
    """How this person is related to others, whichever page owns the relation."""
    owner = session.connection().execute(select(person.c.owner_id).where(person.c.id == id)).scalar()
    may_edit = decide(actor, "edit", "person", owner, record_id=id).allowed
    rows: list[Related] = []
    for reverse in (False, True):
        mine, other = (
            (relation.c.other_id, relation.c.person_id) if reverse else (relation.c.person_id, relation.c.other_id)
        )
        query = (
            select(relation.c.id, relation.c.type, relation.c.note, person.c.id.label("other"), person.c.display_name)
            .join(person, person.c.id == other)
            .where(mine == id, person.c.deleted_at.is_(None), visible(actor, "person", person.c.owner_id))
            .order_by(relation.c.position, relation.c.id)
        )
        for row in session.connection().execute(query):
            part = row.id if may_edit and not reverse else 0
            said = [relation_words(row.type, reverse=reverse), *([row.note] if row.note else [])]
            rows.append(Related(row.other, row.display_name, f"/people/{row.other}", "", said, part=part))
    create = "relation" if may_edit else ""
    return Panel("relations", "Relations", str(len(rows) or ""), rows, "No relations yet.", create, "Add relation")


def roles_of(session: Session, actor: Principal, id: int) -> Panel | None:
    """Where this person works and has worked, the present first."""
    owner = session.connection().execute(select(person.c.owner_id).where(person.c.id == id)).scalar()
    may_edit = decide(actor, "edit", "person", owner, record_id=id).allowed
    query = select(role, company.c.name.label("company"), company.c.deleted_at).where(role.c.person_id == id)
    query = query.outerjoin(company, company.c.id == role.c.company_id)
    order = (role.c.current.desc(), role.c.is_primary.desc(), role.c.starts_on.desc().nulls_last(), role.c.id)
    rows = []
    for row in session.connection().execute(query.order_by(*order)):
        href = f"/companies/{row.company_id}" if row.company_id and row.deleted_at is None else ""
        said = [s for s in (row.title, span_words(row.starts_on, row.ends_on, current=row.current)) if s]
        part = row.id if may_edit else 0
        rows.append(
            Related(row.id, row.company or "No company", href, "primary" if row.is_primary else "", said, part=part)
        )
    if not rows and not may_edit:
        return None
    return Panel(
        "roles",
        "Roles",
        str(len(rows) or ""),
        rows,
        "No roles written down yet.",
        "role" if may_edit else "",
        "Add role",
    )


def formerly_of(session: Session, actor: Principal, id: int) -> Panel | None:
    """Those who worked at this company and do so no more."""
    if not may(actor, "person.read"):
        return None
    query = (
        select(person.c.id, person.c.display_name, role.c.title, role.c.starts_on, role.c.ends_on)
        .join(person, person.c.id == role.c.person_id)
        .where(role.c.company_id == id, role.c.current.is_(False), person.c.deleted_at.is_(None))
        .where(visible(actor, "person", person.c.owner_id))
        .order_by(role.c.ends_on.desc().nulls_last(), role.c.id)
        .limit(SHOWN)
    )
    rows = [
        Related(r.id, r.display_name, f"/people/{r.id}", r.title, [span_words(r.starts_on, r.ends_on, current=False)])
        for r in session.connection().execute(query)
    ]
    return Panel("formerly", "Formerly here", str(len(rows)), rows) if rows else None


def _people(session: Session, actor: Principal, belongs: Any) -> tuple[int, list[Related]]:
    run = session.connection().execute
    mine = (belongs, person.c.deleted_at.is_(None), visible(actor, "person", person.c.owner_id))
    count = run(select(func.count()).select_from(person).where(*mine)).scalar_one()
    address = (
        select(email.c.value)
        .where(email.c.person_id == person.c.id)
        .order_by(email.c.is_primary.desc(), email.c.position, email.c.id)
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )
    query = select(person.c.id, person.c.display_name, person.c.title, address.label("email")).where(*mine)
    found = run(query.order_by(person.c.sort_key, person.c.id).limit(SHOWN))
    return count, [
        Related(r.id, r.display_name or "Untitled", f"/people/{r.id}", r.title, [r.email] if r.email else [])
        for r in found
    ]
