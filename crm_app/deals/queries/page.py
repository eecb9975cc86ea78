"""The page of one deal."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.money import format_money, to_major
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.board import stages_of
from crm_app.deals.queries.choices import assignable
from crm_app.deals.queries.history import timeline_of
from crm_app.deals.queries.rows import AskedFields, DealPage, Line, Option, Property, RelatedCard, StageOption
from crm_app.identity.policy import decide, visible
from crm_app.tables import Company, Deal, DealLine, Person, PersonEmail, Product, User

deal, company, person, product, line, user, email = (
    table_of(m) for m in (Deal, Company, Person, Product, DealLine, User, PersonEmail)
)
SHOWN = (
    "title",
    "value_minor",
    "owner_id",
    "expected_close_on",
    "opened_on",
    "closed_on",
    "is_estimate",
    "lost_reason",
)
TYPES = {"owner_id": "user", "is_estimate": "choice", "value_minor": "money"}
YES_NO = [Option("true", "Yes"), Option("false", "No")]


def deal_page(session: Session, actor: Principal, deal_id: int) -> DealPage:
    """Raises NotFound for a deal that does not exist or that the actor may not see."""
    row = _row(session, actor, deal_id)
    stages = [StageOption(s.id, s.name, s.kind) for s in stages_of(session, row["pipeline_id"])]
    kind = next((s.kind for s in stages if s.id == row["stage_id"]), "open")
    return DealPage(
        row["id"],
        row["title"],
        row["version"],
        row["stage_id"],
        stages,
        _properties(session, actor, row, _shown_for(kind)),
        _company(session, actor, row["company_id"]),
        _person(session, actor, row["person_id"]),
        _lines(session, actor, row),
        timeline_of(session, actor, deal_id),
    )


def _row(session: Session, actor: Principal, deal_id: int) -> Any:
    query = (
        select(deal, user.c.name.label("owner"))
        .outerjoin(user, user.c.id == deal.c.owner_id)
        .where(deal.c.id == deal_id, deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    )
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound
    return row


def asked_properties(session: Session, actor: Principal, deal_id: int, names: Iterable[str]) -> AskedFields:
    """The title of a deal and the named properties, for the dialog of a gate. Raises NotFound as `deal_page` does."""
    row = _row(session, actor, deal_id)
    return AskedFields(row["title"], _properties(session, actor, row, [n for n in SHOWN if n in set(names)]))


def _shown_for(kind: str) -> list[str]:
    """An open deal has no close yet, only a lost one has a reason for the loss."""
    hidden = {"open": {"closed_on", "lost_reason"}, "won": {"lost_reason"}}.get(kind, set())
    return [name for name in SHOWN if name not in hidden]


def _properties(session: Session, actor: Principal, row: Any, names: list[str]) -> list[Property]:
    owners = assignable(session, actor)
    if row["owner_id"] and str(row["owner_id"]) not in {o.id for o in owners}:
        owners = [Option(str(row["owner_id"]), row["owner"]), *owners]
    found = []
    for name in names:
        field = DEAL.by_name[name]
        raw, value = _written(row, name, actor)
        choices = owners if name == "owner_id" else YES_NO if name == "is_estimate" else []
        editable = decide(actor, "edit", "deal", row["owner_id"], name).allowed
        type_ = TYPES.get(name, "date" if field.type == "date" else "text")
        found.append(Property(name, field.label, value, raw, type_, editable, choices))
    return found


def _written(row: Any, name: str, actor: Principal) -> tuple[str, str]:
    """As typed, and as displayed."""
    value = row[name]
    if name == "owner_id":
        return ("" if value is None else str(value)), row["owner"] or ""
    if value is None or value == "":
        return "", ""
    if name == "value_minor":
        major = to_major(value, row["currency"])
        whole = major == major.to_integral_value()
        return f"{major:.0f}" if whole else f"{major}", format_money(value, row["currency"], actor.locale)
    if name == "is_estimate":
        return ("true", "Yes") if value else ("false", "No")
    if DEAL.by_name[name].type == "date":
        return value.isoformat(), f"{value.day} {value:%b %Y}"
    return value, value


def _company(session: Session, actor: Principal, company_id: int | None) -> RelatedCard | None:
    query = select(company).where(company.c.id == company_id, visible(actor, "company", company.c.owner_id))
    row = session.connection().execute(query.where(company.c.deleted_at.is_(None))).first() if company_id else None
    if row is None:
        return None
    people = f"{row.employees:,} employees" if row.employees else ""
    return RelatedCard(
        row.id, row.name, [t for t in (" · ".join(x for x in (row.industry, row.country) if x), people) if t]
    )


def _person(session: Session, actor: Principal, person_id: int | None) -> RelatedCard | None:
    query = select(person).where(person.c.id == person_id, visible(actor, "person", person.c.owner_id))
    row = session.connection().execute(query.where(person.c.deleted_at.is_(None))).first() if person_id else None
    if row is None:
        return None
    address = (
        session.connection()
        .execute(
            select(email.c.value)
            .where(email.c.person_id == row.id)
            .order_by(email.c.is_primary.desc(), email.c.position)
        )
        .scalar()
    )
    return RelatedCard(row.id, row.display_name, [t for t in (row.title, address) if t])


def _lines(session: Session, actor: Principal, row: Any) -> list[Line]:
    query = (
        select(line, product.c.name)
        .join(product, product.c.id == line.c.product_id)
        .where(line.c.deal_id == row["id"])
        .order_by(line.c.position, line.c.id)
    )
    found = []
    for item in session.connection().execute(query):
        unit = item.unit_price_minor
        total = None if unit is None else unit * item.quantity
        found.append(
            Line(
                item.id,
                item.name,
                str(item.quantity),
                format_money(unit, row["currency"], actor.locale) or "no price",
                format_money(total, row["currency"], actor.locale),
            )
        )
    return found
