"""Commands of the products of a deal: child rows, changed under the deal's own rights and version."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.working import table_of
from crm_app.deals.queries.page import currency_of_deal
from crm_app.deals.rows import edit_row, remove_row, rows_of
from crm_app.tables import Product

product = table_of(Product)


def add_line(session: Session, actor: Principal, deal_id: int, product_id: int) -> Applied:
    """One of a product, at its list price if that is in the currency of the deal."""
    currency = currency_of_deal(session, actor, deal_id)
    query = select(product.c.list_price_minor, product.c.currency).where(product.c.id == product_id)
    found = session.connection().execute(query).first()
    price = found.list_price_minor if found and found.currency == currency else None
    rows = rows_of(session, deal_id, "lines")
    new = {"product_id": product_id, "quantity": 1, "unit_price_minor": price}
    return apply(session, actor, Change("deal", deal_id, {"lines": [*rows, new]}))


def edit_line(
    session: Session, actor: Principal, deal_id: int, line_id: int, field: str, raw: str, expected: int
) -> Applied:
    """One field of a line as it was typed. Raises Refused if somebody changed it since that version of the deal."""
    return edit_row(session, actor, deal_id, "lines", line_id, field, raw, expected)


def remove_line(session: Session, actor: Principal, deal_id: int, line_id: int) -> Applied:
    """Raises NotFound for a line of another deal."""
    return remove_row(session, actor, deal_id, "lines", line_id)
