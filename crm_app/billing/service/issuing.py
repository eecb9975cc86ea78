"""A draft becomes an invoice: it takes the next number, its document is frozen, and from then on it stays."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from crm_app.billing.queries.stored import (
    billed,
    billed_of,
    invoice_lines,
    invoice_row,
    order_lines,
    order_row,
    ordered_of,
    sums_of,
)
from crm_app.billing.rules import left_of_lines, left_of_rates, order_state, state_of, tax_rows
from crm_app.billing.seal import SOURCE
from crm_app.billing.service.filing import file_document
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Invalid, Refused
from crm_app.quotes.queries.stored import organisation_today
from crm_app.records import numbering

PREFIX = {"invoice": "INV", "credit note": "CN"}


def issue_invoice(session: Session, actor: Principal, invoice_id: int, expected: int | None = None) -> str:
    """The number it got. Raises Refused for what is no draft any more, Invalid for what is missing."""
    row = invoice_row(session, actor, invoice_id, lock=True)
    if row["state"] != "draft":
        raise Refused(f"This was issued already, as {row['number']}.")
    order = order_row(session, actor, row["order_id"])
    if order["state"] == "cancelled":
        raise Refused(f"Order {order['number']} was cancelled.")
    if not row["customer"].strip():
        raise Invalid({"customer": "Say who gets this invoice."})
    _still_fits(session, row)
    today = organisation_today()
    due = row["due_on"] or today + timedelta(days=row["due_days"])
    if due < today:
        raise Invalid({"due_on": "The due date has passed."})
    values: dict[str, Any] = numbered(session, row["series"]) | {
        "issued_on": today,
        "due_on": due,
        "state": state_of(row["total_minor"], 0, 0),
        "open_minor": row["total_minor"],
    }
    apply(session, actor, Change("invoice", invoice_id, values, expected=expected), source=SOURCE)
    follow_invoices(session, actor, row["order_id"])
    file_document(session, actor, "invoice", invoice_id)
    return values["number"]


def numbered(session: Session, series: str) -> dict[str, Any]:
    """The next number of a series; taken late, as others who issue wait for it."""
    number = numbering.numbered(session, PREFIX[series], organisation_today().year)
    return {"year": number.year, "serial": number.serial, "number": number.text}


def _still_fits(session: Session, row: dict[str, Any]) -> None:
    """A draft that came back from the bin may ask for what was invoiced since. Raises Refused."""
    ordered = ordered_of(order_lines(session, row["order_id"]))
    others = billed_of(session, row["order_id"], without=row["id"])
    own = [billed(line) for line in invoice_lines(session, row["id"])]
    rates, lines = left_of_rates(ordered, others), left_of_lines(ordered, others)
    over = any(t.net_minor > rates[t.rate_milli].net or t.tax_minor > rates[t.rate_milli].tax for t in tax_rows(own))
    twice = any(b.line_id is not None and b.quantity_milli > lines[b.line_id].quantity_milli for b in own)
    if over or twice:
        raise Refused("Other invoices have taken what this draft asks for. Delete it and make another one.")


def follow_invoices(session: Session, actor: Principal, order_id: int) -> None:
    """The order's own figures after one of its invoices changed."""
    order = order_row(session, actor, order_id)
    total, credited, paid = sums_of(session, order_id)
    state = order_state(order["total_minor"], total, paid + credited, is_cancelled=order["state"] == "cancelled")
    values = {"invoiced_minor": total, "paid_minor": paid, "state": state}
    apply(session, actor, Change("order", order_id, values), source=SOURCE)
