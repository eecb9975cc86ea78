"""Orders and invoices as the rules see them; with `lock`, others who write the same wait."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.billing.rules.invoicing import Billed, Ordered
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.identity.policy import visible
from crm_app.tables import Invoice, InvoiceLine, Order, OrderLine, OrderPart, Payment

order, order_line, order_part = (table_of(m) for m in (Order, OrderLine, OrderPart))
invoice, invoice_line, payment = (table_of(m) for m in (Invoice, InvoiceLine, Payment))
Row = dict[str, Any]


def _row(session: Session, actor: Principal, name: str, table: Any, id: int, lock: bool) -> Row:
    query = select(table).where(table.c.id == id, table.c.deleted_at.is_(None), visible(actor, name, table.c.owner_id))
    found = session.connection().execute(query.with_for_update() if lock else query).mappings().first()
    if found is None:
        raise NotFound(f"This {name} does not exist or was deleted.")
    return dict(found)


def order_row(session: Session, actor: Principal, id: int, *, lock: bool = False) -> Row:
    """A living order that the actor may see. Raises NotFound."""
    return _row(session, actor, "order", order, id, lock)


def invoice_row(session: Session, actor: Principal, id: int, *, lock: bool = False) -> Row:
    """A living invoice that the actor may see; locked after its order, so that nobody waits in a circle."""
    found = _row(session, actor, "invoice", invoice, id, False)
    if not lock:
        return found
    order_row(session, actor, found["order_id"], lock=True)
    return _row(session, actor, "invoice", invoice, id, True)


def _children(session: Session, table: Any, parent: Any, id: int) -> list[Row]:
    query = select(table).where(parent == id).order_by(table.c.position, table.c.id)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def order_lines(session: Session, id: int) -> list[Row]:
    """In their order."""
    return _children(session, order_line, order_line.c.order_id, id)


def order_parts(session: Session, id: int) -> list[Row]:
    """The instalments in their order."""
    return _children(session, order_part, order_part.c.order_id, id)


def invoice_lines(session: Session, id: int) -> list[Row]:
    """In their order."""
    return _children(session, invoice_line, invoice_line.c.invoice_id, id)


def payments(session: Session, id: int) -> list[Row]:
    """As they were recorded."""
    return _children(session, payment, payment.c.invoice_id, id)


def invoices_of(session: Session, order_id: int) -> list[Row]:
    """Every living invoice, draft and credit note of an order, oldest first."""
    query = select(invoice).where(invoice.c.order_id == order_id, invoice.c.deleted_at.is_(None)).order_by(invoice.c.id)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def ordered_of(rows: list[Row]) -> list[Ordered]:
    """The lines of an order in figures."""
    return [
        Ordered(r["id"], r["quantity_milli"], r["tax_milli"], r["amount_minor"], r["net_minor"], r["tax_minor"])
        for r in rows
    ]


def billed_of(session: Session, order_id: int, *, without: int = 0) -> list[Billed]:
    """The lines of all invoices of an order that are not cancelled, drafts included."""
    query = (
        select(invoice_line)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            invoice.c.order_id == order_id,
            invoice.c.series == "invoice",
            invoice.c.state != "cancelled",
            invoice.c.deleted_at.is_(None),
            invoice.c.id != without,
        )
        .order_by(invoice_line.c.id)
    )
    return [billed(row) for row in session.connection().execute(query).mappings()]


def billed(row: Mapping[Any, Any]) -> Billed:
    """A line of an invoice in figures."""
    return Billed(
        row["line_id"],
        row["role"],
        row["quantity_milli"],
        row["tax_milli"],
        row["amount_minor"],
        row["net_minor"],
        row["tax_minor"],
    )


def credited_lines(session: Session, invoice_id: int) -> list[Billed]:
    """The lines of all credit notes on an invoice."""
    query = (
        select(invoice_line)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(invoice.c.corrects_id == invoice_id, invoice.c.deleted_at.is_(None))
    )
    return [billed(row) for row in session.connection().execute(query).mappings()]


def sums_of(session: Session, order_id: int) -> tuple[int, int, int]:
    """Of an order: issued in invoices that stand, credited on these, and received less refunds."""
    stands = (invoice.c.series == "invoice") & invoice.c.state.in_(("issued", "partly paid", "paid"))
    query = select(
        func.coalesce(func.sum(invoice.c.total_minor).filter(stands), 0),
        func.coalesce(func.sum(invoice.c.credited_minor).filter(stands), 0),
        func.coalesce(func.sum(invoice.c.paid_minor), 0),
    ).where(invoice.c.order_id == order_id, invoice.c.deleted_at.is_(None))
    total, credited, paid = session.connection().execute(query).one()
    return int(total), int(credited), int(paid)
