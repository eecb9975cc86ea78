"""The page of one deal."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.money import format_money
from crm_app.core.reader import numeral
from crm_app.deals.gate import findings_of
from crm_app.deals.gate.process import may_enter
from crm_app.deals.journey import yearly
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.board import stages_of
from crm_app.deals.queries.journey import history_of, path_of, stays_of
from crm_app.deals.queries.parties import competitors_of, people_of, related_to
from crm_app.deals.queries.rows import DealPage, Line, Option, RelatedCard, RelatedDeal
from crm_app.identity.policy import Sight, decide, sight, viewer, visible, visible_to
from crm_app.records.assignees import assignable
from crm_app.records.custom.showing import custom_names
from crm_app.records.properties import Property, properties, written
from crm_app.tables import Company, Deal, DealLine, Product, User

deal, company, product, line, user = (table_of(m) for m in (Deal, Company, Product, DealLine, User))
SHOWN = (
    "title",
    "company_id",
    "person_id",
    "value_minor",
    "recurring_minor",
    "recurring_period",
    "term_months",
    "type",
    "earlier_deal_id",
    "owner_id",
    "expected_close_on",
    "opened_on",
    "closed_on",
    "is_estimate",
    "lost_reason",
    "lost_to",
)
LOSS = ("lost_reason", "lost_to")
LINES = {f.name: f for f in DEAL.child_by_name["lines"].fields}


def deal_page(session: Session, actor: Principal, deal_id: int) -> DealPage:
    """Raises NotFound for a deal that does not exist or that the actor may not see."""
    row = deal_row(session, actor, deal_id)
    stages = _way_of(session, actor, row)
    now = next((s for s in stages if s.id == row["stage_id"]), None)
    kind, lacks = now.kind if now else "open", findings_of(session, deal_id)
    stays = stays_of(session, actor, deal_id)
    may_edit = decide(actor, "edit", "deal", row["owner_id"]).allowed
    may_clone = decide(actor, "create", "deal").allowed
    related = related_to(session, actor, row)
    names = [*_shown_for(kind, row), *custom_names(session, actor, "deal", row)]
    shown = _with_year(deal_properties(session, actor, row, names), row, actor)
    return DealPage(
        id=row["id"],
        title=row["title"],
        version=row["version"],
        stage_id=row["stage_id"],
        kind=kind,
        probability=now.probability if now else 0,
        value=format_money(row["value_minor"], row["currency"], actor.locale),
        path=path_of(stages, row["stage_id"], stays, actor),
        stays=history_of(session, actor, stays, closed=kind != "open"),
        properties=_linked(shown, related),
        company=_company(session, actor, row["company_id"]),
        people=people_of(session, actor, row),
        competitors=competitors_of(session, row, may_edit),
        related=related,
        lines=_lines(session, actor, row),
        sum=_sum(session, actor, row),
        editable=may_edit,
        deletable=decide(actor, "delete", "deal", row["owner_id"]).allowed,
        may_clone=may_clone,
        splittable=may_clone and may_edit and kind == "open",
        missing=f"Missing for {now.name}: {', '.join(lacks)}" if now and lacks else "",
    )


def _way_of(session: Session, actor: Principal, row: Mapping[str, Any]) -> list[Any]:
    """The stages of its pipeline; of one that is not there for the actor, only the stage in which the deal is."""
    found = stages_of(session, row["pipeline_id"])
    return found if may_enter(session, actor, row["pipeline_id"]) else [s for s in found if s.id == row["stage_id"]]


def deal_row(session: Session, actor: Principal, deal_id: int) -> dict[str, Any]:
    """A deal that the actor sees, with the name of its owner. Raises NotFound."""
    query = (
        select(deal, user.c.name.label("owner"))
        .outerjoin(user, user.c.id == deal.c.owner_id)
        .where(deal.c.id == deal_id, deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    )
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def currency_of_deal(session: Session, actor: Principal, deal_id: int) -> str:
    """The currency of a deal. Raises NotFound as `deal_page` does."""
    return deal_row(session, actor, deal_id)["currency"]


def owner_of(session: Session, actor: Principal, deal_id: int) -> int | None:
    """The owner of a deal. Raises NotFound as `deal_page` does."""
    row = session.connection().execute(_owner(sight(actor, "deal")), {"deal": deal_id, **viewer(actor)}).first()
    if row is None:
        raise NotFound
    return row.owner_id


@cache
def _owner(seen: Sight) -> Any:
    there = (deal.c.id == bindparam("deal"), deal.c.deleted_at.is_(None), visible_to(seen, deal.c.owner_id))
    return select(deal.c.owner_id).where(*there)


def property_as(session: Session, actor: Principal, deal_id: int, name: str, value: Any) -> str:
    """A value as the page would display it in that field, or a dash."""
    row = deal_row(session, actor, deal_id) | {name: value}
    return next((p.value for p in deal_properties(session, actor, row, [name])), "") or "–"


def _shown_for(kind: str, row: Mapping[str, Any]) -> list[str]:
    """An open deal has no close yet, only a lost one has a reason and somebody who won it; what recurs has a term."""
    hidden = {"open": {"closed_on", *LOSS}, "won": {*LOSS}}.get(kind, set[str]())
    if row["type"] == "new business" and row["earlier_deal_id"] is None:
        hidden = hidden | {"earlier_deal_id"}
    if row["recurring_minor"] is None:
        hidden = hidden | {"recurring_period", "term_months"}
    return [name for name in SHOWN if name not in hidden]


def _linked(found: list[Property], related: list[RelatedDeal]) -> list[Property]:
    """The earlier deal leads there, if the reader may see it."""
    href = next((f"/deals/{r.id}" for r in related if r.how == "Earlier deal"), "")
    return [replace(p, href=href) if p.field == "earlier_deal_id" else p for p in found]


def _with_year(found: list[Property], row: Mapping[str, Any], actor: Principal) -> list[Property]:
    """Behind the period of a recurring value stands what it comes to in a year."""
    minor = yearly(row["recurring_minor"], row["recurring_period"])
    if minor is None or row["recurring_period"] == "year":
        return found
    shown = Property("yearly", "In a year", format_money(minor, row["currency"], actor.locale), "", "money", False)
    place = next((n for n, p in enumerate(found) if p.field == "recurring_period"), len(found) - 1)
    return [*found[: place + 1], shown, *found[place + 1 :]]


def deal_properties(session: Session, actor: Principal, row: Any, names: list[str]) -> list[Property]:
    """These fields of a deal; an owner is chosen from those to whom the actor may give it."""
    owners = assignable(session, actor, "deal")
    if row["owner_id"] and str(row["owner_id"]) not in {o.id for o in owners}:
        owners = [Option(str(row["owner_id"]), row["owner"]), *owners]
    return properties(session, actor, "deal", row, names, {"owner_id": owners})


def _company(session: Session, actor: Principal, company_id: int | None) -> RelatedCard | None:
    query = select(company).where(company.c.id == company_id, visible(actor, "company", company.c.owner_id))
    row = session.connection().execute(query.where(company.c.deleted_at.is_(None))).first() if company_id else None
    if row is None:
        return None
    people = f"{numeral(row.employees)} employees" if row.employees else ""
    return RelatedCard(
        row.id, row.name, [t for t in (" · ".join(x for x in (row.industry, row.country) if x), people) if t]
    )


def _lines(session: Session, actor: Principal, row: Any) -> list[Line]:
    query = (
        select(line, product.c.name)
        .join(product, product.c.id == line.c.product_id)
        .where(line.c.deal_id == row["id"])
        .order_by(line.c.position, line.c.id)
    )
    editable = decide(actor, "edit", "deal", row["owner_id"], "lines").allowed

    def cell(item: Any, name: str) -> Property:
        raw, shown = written(LINES[name], item[name], row["currency"], actor, item["name"])
        field = LINES[name]
        place = f"lines.{item['id']}.{name}"
        return Property(place, field.label, shown, raw, field.type, editable, [], "", field.ref, field.required)

    found = []
    for item in session.connection().execute(query).mappings():
        unit = item["unit_price_minor"]
        total = None if unit is None else unit * item["quantity"]
        found.append(
            Line(
                item["id"],
                item["name"],
                cell(item, "product_id"),
                cell(item, "quantity"),
                cell(item, "unit_price_minor"),
                format_money(total, row["currency"], actor.locale),
            )
        )
    return found


def _sum(session: Session, actor: Principal, row: Any) -> str:
    """All lines together; empty when none has a price."""
    query = select(func.sum(line.c.unit_price_minor * line.c.quantity)).where(line.c.deal_id == row["id"])
    total = session.connection().execute(query).scalar()
    return format_money(None if total is None else int(total), row["currency"], actor.locale)
