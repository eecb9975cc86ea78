"""Accepted quotes and what follows from them, each step by the command that people use."""

from typing import Any

from crm_app.billing import service
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.quotes.service import accept, send_quote
from tests.support.builders import make, make_company

LINES: list[dict[str, Any]] = [
    {"name": "Installation", "quantity_milli": 3_000, "unit": "day", "unit_price_minor": 98_000, "tax_milli": 19_000},
    {"name": "Licence", "quantity_milli": 10_000, "unit_price_minor": 4_990, "tax_milli": 19_000},
    {"name": "Handbook", "quantity_milli": 1_000, "unit_price_minor": 2_500, "tax_milli": 7_000},
]


def make_quote(owner_id: int | None = None, lines: list[dict[str, Any]] | None = None, **values: Any) -> int:
    """A draft of a quote to a company."""
    company = values.pop("company_id", None) or make_company(name="Cancity")
    given = {
        "title": "Roll-out",
        "company_id": company,
        "owner_id": owner_id,
        "lines": LINES if lines is None else lines,
    }
    return make("quote", **given | values)


def sent_quote(owner_id: int | None = None, **values: Any) -> tuple[int, str]:
    """A quote that was sent, and the secret of its link."""
    quote = make_quote(owner_id, **values)
    return quote, db.write_sync(send_quote, SYSTEM, quote).token


def accepted_quote(owner_id: int | None = None, **values: Any) -> int:
    """A quote that a customer accepted."""
    quote, _ = sent_quote(owner_id, **values)
    db.write_sync(accept, quote, "Lena Arndt")
    return quote


def make_order(owner_id: int | None = None, actor: Principal = SYSTEM, **values: Any) -> int:
    """The order of an accepted quote."""
    return db.write_sync(service.order_from_quote, actor, accepted_quote(owner_id, **values))


def make_invoice(order: int, actor: Principal = SYSTEM) -> int:
    """An issued invoice for all that is left of the order."""
    draft = db.write_sync(service.draft_rest, actor, order)
    db.write_sync(service.issue_invoice, actor, draft)
    return draft
