"""Prices as they are stored, put to the rule; and whether a product is sold on a day."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.products.rules import Book, Price, price_of
from crm_app.tables import Company, PriceBook, PriceEntry, Product

product, book, entry, company = (table_of(m) for m in (Product, PriceBook, PriceEntry, Company))


def find_price(
    session: Session, product_id: int, currency: str, company_id: int | None, quantity_milli: int
) -> Price | None:
    """What one of a product costs this company; None if there is no price in the currency."""
    run = session.connection().execute
    segment = run(select(company.c.price_segment).where(company.c.id == company_id)).scalar() or ""
    listed = run(select(product.c.list_price_minor, product.c.currency).where(product.c.id == product_id)).first()
    if listed is None:
        return None
    books = _books(session, product_id, currency)
    return price_of(books, (listed[0], listed[1]), currency, segment, quantity_milli)


def _books(session: Session, product_id: int, currency: str) -> list[Book]:
    query = (
        select(book.c.id, book.c.name, book.c.segment, entry.c.from_milli, entry.c.unit_price_minor)
        .select_from(book.join(entry, entry.c.price_book_id == book.c.id))
        .where(entry.c.product_id == product_id, book.c.currency == currency)
        .where(book.c.deleted_at.is_(None), book.c.active)
    )
    tiers: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for row in session.connection().execute(query):
        tiers[row.id, row.name, row.segment].append((row.from_milli, row.unit_price_minor))
    return [Book(id, name, currency, segment, tuple(found)) for (id, name, segment), found in tiers.items()]


def is_sold(session: Session, product_id: int, day: date) -> bool:
    """May it be offered on this day? It is active, and the day lies between its first and its last one."""
    begun = or_(product.c.active_from.is_(None), product.c.active_from <= day)
    going = or_(product.c.active_to.is_(None), product.c.active_to >= day)
    query = select(product.c.id).where(product.c.id == product_id, product.c.active, begun, going)
    return session.connection().execute(query.where(product.c.deleted_at.is_(None))).first() is not None
