"""A line filled from a product: its name, unit, tax, cost, and the price that the rule gives."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.products.pricing import find_price
from crm_app.quotes.queries.stored import organisation_today
from crm_app.quotes.service.currency import converted
from crm_app.rates.queries import rates_on
from crm_app.tables import Product

product = table_of(Product)


def filled(
    session: Session, product_id: int, currency: str, company_id: int | None, quantity_milli: int, usual_tax_milli: int
) -> dict[str, Any]:
    """The fields of a line. Without a price and a rate it is left at nothing. Raises Invalid for no product."""
    query = select(product).where(product.c.id == product_id, product.c.deleted_at.is_(None))
    row = session.connection().execute(query).first()
    if row is None:
        raise Invalid({"product_id": "This product does not exist or was deleted."})
    price = find_price(session, product_id, currency, company_id, quantity_milli)
    rates = rates_on(session, organisation_today()) if row.currency != currency else {}
    minor = price.minor if price else converted(row.list_price_minor, row.currency, currency, rates)
    return {
        "product_id": product_id,
        "name": row.name,
        "quantity_milli": quantity_milli,
        "unit": row.unit or "",
        "unit_price_minor": minor or 0,
        "list_price_minor": minor,
        "unit_cost_minor": converted(row.cost_minor, row.currency, currency, rates),
        "tax_milli": usual_tax_milli if row.tax_rate is None else _milli(row.tax_rate),
    }


def _milli(percent: float) -> int:
    """A rate in percent as it was typed, in thousandths of a percent."""
    return int(Decimal(repr(percent)).scaleb(3).to_integral_value())
