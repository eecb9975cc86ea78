"""The deals of a person or a company, beside their record: open ones first, with their sums."""

from typing import Any

from sqlalchemy import case, func, null, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.columns import probed
from crm_app.core.money import format_money
from crm_app.core.reader import full_day, numeral
from crm_app.identity.policy import may, visible
from crm_app.records.page.rows import Panel, Related
from crm_app.tables import Deal, DealContact, Person, Stage

SHOWN = 8
deal, stage, person, contact = (table_of(m) for m in (Deal, Stage, Person, DealContact))


def deals_of_person(session: Session, actor: Principal, id: int) -> Panel | None:
    """For a person: those of which they are the main contact, or a part with a role."""
    known = session.connection().execute(select(person.c.company_id).where(person.c.id == id)).scalar()
    part = select(contact.c.deal_id).where(contact.c.person_id == id)
    belongs = or_(deal.c.person_id == id, deal.c.id.in_(part))
    roles = select(contact.c.role).where(contact.c.person_id == id, contact.c.deal_id == deal.c.id)
    role = roles.order_by(contact.c.position, contact.c.id).limit(1).correlate(deal).scalar_subquery()
    return _panel(session, actor, belongs, {"person_id": str(id), "company_id": str(known or "")}, role)


def deals_of_company(session: Session, actor: Principal, id: int) -> Panel | None:
    """For a company, without its subsidiaries."""
    return _panel(session, actor, deal.c.company_id == id, {"company_id": str(id)})


def _panel(session: Session, actor: Principal, belongs: Any, fill: dict[str, str], role: Any = None) -> Panel | None:
    if not may(actor, "deal.read"):
        return None
    run = session.connection().execute
    mine = (belongs, deal.c.deleted_at.is_(None), visible(actor, "deal", probed(deal.c.owner_id)))
    joined = deal.join(stage, stage.c.id == deal.c.stage_id)
    sums = (
        select(deal.c.currency, func.count(), func.sum(deal.c.value_minor))
        .select_from(joined)
        .where(*mine, stage.c.kind == "open")
        .group_by(deal.c.currency)
        .order_by(deal.c.currency)
    )
    found = run(sums).all()
    amounts = [format_money(int(total), currency, actor.locale) for currency, _, total in found if total]
    note = " · ".join([f"{numeral(sum(n for _, n, _ in found))} open", *amounts])
    is_open = case((stage.c.kind == "open", 0), else_=1)
    query = (
        select(deal.c.id, deal.c.title, deal.c.value_minor, deal.c.currency, deal.c.expected_close_on)
        .add_columns(deal.c.closed_on, deal.c.next_step, stage.c.name.label("stage"), stage.c.kind)
        .add_columns((null() if role is None else role).label("role"))
        .select_from(joined)
        .where(*mine)
        .order_by(is_open, deal.c.closed_on.desc(), func.coalesce(deal.c.value_minor, 0).desc(), deal.c.id)
    )
    rows = [_related(row, actor) for row in run(query.limit(SHOWN))]
    create = "deal" if may(actor, "deal.create") else ""
    return Panel("deals", "Deals", note, rows, "No deals yet.", create, "New deal", fill)


def _related(row: Any, actor: Principal) -> Related:
    day = row.expected_close_on if row.kind == "open" else row.closed_on
    words = "closes" if row.kind == "open" else row.kind
    when = f" · {words} {full_day(day)}" if day else ""
    value = format_money(row.value_minor, row.currency, actor.locale) if row.value_minor is not None else ""
    tone = {"won": "g", "lost": "r"}.get(row.kind, "")
    role = f" · {row.role.capitalize()}" if row.role else ""
    return Related(row.id, row.title, f"/deals/{row.id}", value, [row.stage + when + role], tone)
