"""Commands of the products of a deal: child rows, changed under the deal's own rights and version."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.merge import changed_since
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.page import currency_of_deal
from crm_app.records.properties import typed
from crm_app.tables import DealLine, Product

FIELDS = {f.name: f for f in DEAL.child_by_name["lines"].fields}
line, product = table_of(DealLine), table_of(Product)


def add_line(session: Session, actor: Principal, deal_id: int, product_id: int) -> Applied:
    """One of a product, at its list price if that is in the currency of the deal."""
    currency = currency_of_deal(session, actor, deal_id)
    query = select(product.c.list_price_minor, product.c.currency).where(product.c.id == product_id)
    found = session.connection().execute(query).first()
    price = found.list_price_minor if found and found.currency == currency else None
    rows = [_given(row) | {"id": row["id"]} for row in _rows(session, deal_id)]
    new = {"product_id": product_id, "quantity": 1, "unit_price_minor": price}
    return apply(session, actor, Change("deal", deal_id, {"lines": [*rows, new]}))


def edit_line(
    session: Session, actor: Principal, deal_id: int, line_id: int, field: str, raw: str, expected: int
) -> Applied:
    """One field of a line as it was typed. Raises Refused if somebody changed it since that version of the deal."""
    if field not in FIELDS:
        raise Invalid({field: "This field cannot be edited here."})
    currency = currency_of_deal(session, actor, deal_id)
    before = _row(session, deal_id, line_id)
    seen = changed_since(session, "deal", deal_id, expected).get(f"lines.{line_id}")
    if seen is not None and seen.get(field) != before[field]:
        raise Refused("Somebody changed this while you were writing. Please look again.")
    after = _given(before) | {field: typed(FIELDS[field], raw, currency, actor)}
    return apply(session, actor, Change("deal", deal_id, {f"lines.{line_id}": after}))


def remove_line(session: Session, actor: Principal, deal_id: int, line_id: int) -> Applied:
    """Raises NotFound for a line of another deal."""
    currency_of_deal(session, actor, deal_id)
    _row(session, deal_id, line_id)
    return apply(session, actor, Change("deal", deal_id, {f"lines.{line_id}": None}))


def _rows(session: Session, deal_id: int) -> list[Any]:
    query = select(line).where(line.c.deal_id == deal_id).order_by(line.c.position, line.c.id)
    return list(session.connection().execute(query).mappings())


def _row(session: Session, deal_id: int, line_id: int) -> Any:
    found = next((row for row in _rows(session, deal_id) if row["id"] == line_id), None)
    if found is None:
        raise NotFound("This line was removed.")
    return found


def _given(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in FIELDS} | {"position": row["position"]}
