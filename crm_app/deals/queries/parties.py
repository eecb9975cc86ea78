"""Beside a deal: the people who have a part in it, its competitors, the deals it came from or led to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_money
from crm_app.core.text import initials
from crm_app.deals.parts import COMPETITORS
from crm_app.deals.queries.rows import Competitor, DealPerson, RelatedDeal
from crm_app.identity.policy import visible
from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property
from crm_app.tables import Deal, DealCompetitor, DealContact, Person, PersonEmail, Stage

NOTE = COMPETITORS.by_name["note"]
MOST = 20
deal, stage, contact, rival, person, email = (
    table_of(m) for m in (Deal, Stage, DealContact, DealCompetitor, Person, PersonEmail)
)
Row = Mapping[str, Any]


def people_of(session: Session, actor: Principal, row: Row) -> list[DealPerson]:
    """The main contact first, with the role that the person has besides; then the others in their order."""
    query = (
        select(contact.c.id, contact.c.person_id, contact.c.role)
        .where(contact.c.deal_id == row["id"])
        .order_by(contact.c.position, contact.c.id)
    )
    parts = [(r.id, r.person_id, r.role) for r in session.connection().execute(query)]
    main = row["person_id"]
    if main is not None and main not in {p for _, p, _ in parts}:
        parts.insert(0, (0, main, ""))
    known = _persons(session, actor, {p for _, p, _ in parts})
    parts.sort(key=lambda part: part[1] != main)  # stable: the others keep their order
    return [_person(known[p], id, role, is_main=p == main) for id, p, role in parts if p in known]


def _persons(session: Session, actor: Principal, ids: set[int]) -> dict[int, Any]:
    """Name, title and first address; content only of those that the actor may see and that were not deleted."""
    sees = visible(actor, "person", person.c.owner_id) & person.c.deleted_at.is_(None)
    first = (
        select(email.c.value)
        .where(email.c.person_id == person.c.id)
        .order_by(email.c.is_primary.desc(), email.c.position, email.c.id)
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )
    query = select(
        person.c.id,
        person.c.display_name,
        person.c.title,
        first.label("address"),
        sees.label("open"),
        person.c.deleted_at,
    ).where(person.c.id.in_(sorted(ids)))
    return {r.id: r for r in session.connection().execute(query)} if ids else {}


def _person(known: Any, row: int, role: str, *, is_main: bool) -> DealPerson:
    note = " · ".join(t for t in (known.title, known.address) if t) if known.open else ""
    return DealPerson(
        row=row,
        person_id=known.id,
        name=known.display_name,
        href=f"/people/{known.id}" if known.open else "",
        note="deleted" if known.deleted_at is not None else note,
        initials=initials(known.display_name),
        tint=known.id % 8,
        role=role,
        is_main=is_main,
    )


def competitors_of(session: Session, row: Row, editable: bool) -> list[Competitor]:
    """In the order in which they were added."""
    query = select(rival).where(rival.c.deal_id == row["id"]).order_by(rival.c.position, rival.c.id)

    def note(r: Any) -> Property:
        return Property(f"competitors.{r.id}.note", "Note", r.note, r.note, NOTE.type, editable)

    return [Competitor(r.id, r.name, r.status, note(r)) for r in session.connection().execute(query)]


def competitor_names(session: Session, actor: Principal) -> list[Option]:
    """Names used before on deals that the actor may see, the most used first."""
    query = (
        select(rival.c.name)
        .join(deal, deal.c.id == rival.c.deal_id)
        .where(deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
        .group_by(rival.c.name)
        .order_by(func.count().desc(), rival.c.name)
        .limit(100)
    )
    return [Option(name, name) for name in session.connection().execute(query).scalars()]


def related_to(session: Session, actor: Principal, row: Row) -> list[RelatedDeal]:
    """What this deal renews or was a part of, then what came of it."""
    named = [id for id in (row["earlier_deal_id"], row["split_from_id"]) if id is not None]
    query = (
        select(deal.c.id, deal.c.title, deal.c.value_minor, deal.c.currency, deal.c.earlier_deal_id, deal.c.type)
        .add_columns(stage.c.name.label("stage"), stage.c.kind, deal.c.split_from_id)
        .join(stage, stage.c.id == deal.c.stage_id)
        .where(deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
        .where(or_(deal.c.id.in_(named), deal.c.earlier_deal_id == row["id"], deal.c.split_from_id == row["id"]))
        .order_by(deal.c.id.desc())
        .limit(MOST)
    )
    found = [_related(r, row, actor) for r in session.connection().execute(query)]
    return sorted(found, key=lambda r: r.id not in named)


def _related(r: Any, row: Row, actor: Principal) -> RelatedDeal:
    if r.id == row["earlier_deal_id"]:
        how = "Earlier deal"
    elif r.id == row["split_from_id"]:
        how = "Split from"
    else:
        how = "Split off" if r.split_from_id == row["id"] else "Later deal"
    kind = r.type if how == "Later deal" and r.type != "new business" else ""
    tone = {"won": "g", "lost": "r"}.get(r.kind, "")
    note = " · ".join(part for part in (how, kind, r.stage) if part)
    return RelatedDeal(r.id, how, r.title, format_money(r.value_minor, r.currency, actor.locale), note, tone)
