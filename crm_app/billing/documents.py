"""Orders and invoices as paper: what stands on them, from their frozen rows."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.queries.stored import billed, invoice, order
from crm_app.billing.rules import tax_rows
from crm_app.billing.rules.frozen import Taxed
from crm_app.core.actor import SYSTEM
from crm_app.core.numbers import milli_text
from crm_app.organisation.queries import find_organisation, letterhead
from crm_app.paper import Document, Fact, Line, Party, Section, Tax, Total
from crm_app.quotes.queries.stored import quote

Row = dict[str, Any]
PaperKind = Literal["order", "invoice", "deposit_invoice", "credit_note"]


def order_document(session: Session, row: Row, rows: Sequence[Row]) -> Document:
    """The confirmation of an order."""
    found = session.connection().execute(select(quote.c.number).where(quote.c.id == row["quote_id"])).scalar()
    facts = [Fact("number", row["number"]), Fact("date", row["ordered_on"])]
    facts += [Fact("quote", found)] if found else []
    return Document(
        kind="order",
        issued_on=row["ordered_on"],
        facts=tuple(facts),
        subject=row["title"],
        totals=tuple(_totals(row, rows)),
        **_common(session, row, rows),
    )


def invoice_document(session: Session, row: Row, rows: Sequence[Row]) -> Document:
    """An invoice, a deposit invoice or a credit note."""
    run = session.connection().execute
    ordered = run(select(order.c.number, order.c.title).where(order.c.id == row["order_id"])).one()
    corrected = run(select(invoice.c.number).where(invoice.c.id == row["corrects_id"])).scalar()
    facts = [Fact("number", row["number"]), Fact("date", row["issued_on"])]
    if corrected:
        facts.append(Fact("invoice", corrected))
    elif row["due_on"]:
        facts.append(Fact("due", row["due_on"]))
    facts.append(Fact("order", ordered.number))
    return Document(
        kind=_kind(row),
        issued_on=row["issued_on"],
        facts=tuple(facts),
        subject=ordered.title,
        totals=tuple(_totals(row, rows)),
        **_common(session, row, rows),
    )


def _kind(row: Row) -> PaperKind:
    if row["series"] == "credit note":
        return "credit_note"
    return "deposit_invoice" if row["purpose"] == "deposit" else "invoice"


def _common(session: Session, row: Row, rows: Sequence[Row]) -> dict[str, Any]:
    house = find_organisation(session, SYSTEM)
    language = row["language"] or house.language
    taxed: list[Taxed] = [billed(r | {"line_id": None}) for r in rows]
    return {
        "number": row["number"],
        "currency": row["currency"],
        "letterhead": letterhead(house),
        "recipient": Party(row["customer"], tuple(filter(None, row["address"].splitlines()))),
        "sections": tuple(_sections(rows, language)),
        "taxes": tuple(Tax(_rate(t.rate_milli, language), t.net_minor, t.tax_minor) for t in tax_rows(taxed)),
        "language": language,
        "terms": row["terms"],
        "notes": row["notes"],
        "prices_include_tax": row["price_mode"] == "inclusive",
    }


def _sections(rows: Sequence[Row], language: str) -> list[Section]:
    shown = [r for r in rows if r["role"] != "shipping"]
    return [
        Section(tuple(_line(r, language) for r in part), title)
        for title, part in groupby(shown, key=lambda r: r["section"])
    ]


def _rate(milli: int, language: str) -> str:
    return f"{milli_text(milli, language)} %"


def _line(row: Row, language: str) -> Line:
    plain = row["role"] == "line" and row["unit_price_minor"] is not None
    return Line(
        text=row["name"],
        amount=row["amount_minor"],
        quantity=Decimal(row["quantity_milli"]).scaleb(-3) if plain else None,
        unit=row["unit"] if plain else "",
        unit_price=row["unit_price_minor"] if plain else None,
        discount=row["discount"],
        tax=_rate(row["tax_milli"], language),
        detail=row["description"],
    )


def _totals(row: Row, rows: Sequence[Row]) -> list[Total]:
    """From the lines as printed to the total; a discount or shipping only where there is one."""
    inside = row["price_mode"] == "inclusive"
    lines = sum(r["amount_minor"] for r in rows if r["role"] != "shipping")
    shipping = sum(r["amount_minor"] for r in rows if r["role"] == "shipping")
    after = sum(r["net_minor"] + (r["tax_minor"] if inside else 0) for r in rows)
    discount = lines + shipping - after
    found = [Total("subtotal", lines)] if discount or shipping else []
    found += [Total("discount", -discount)] if discount else []
    found += [Total("shipping", shipping)] if shipping else []
    found += [Total("net", row["net_minor"]), Total("tax", row["tax_minor"])]
    return [*found, Total("total", row["total_minor"])]
