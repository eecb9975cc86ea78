"""Credit notes: an amount of an invoice, or all of it when it is cancelled. They are issued at once."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from crm_app.billing.queries.stored import billed, billed_of, credited_lines, invoice_lines, invoice_row, invoices_of
from crm_app.billing.rules import NewLine, credit_all, credit_part, open_minor, state_of
from crm_app.billing.rules.standing import LIVE
from crm_app.billing.seal import SOURCE
from crm_app.billing.service.drafts import ALSO_COPIED, COPIED, figures, totals
from crm_app.billing.service.filing import file_document
from crm_app.billing.service.issuing import follow_invoices, numbered
from crm_app.billing.words import said
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Invalid, Refused
from crm_app.quotes.queries.stored import organisation_today

Row = dict[str, Any]


def credit_invoice(
    session: Session, actor: Principal, invoice_id: int, amount: int, reason: str, expected: int | None = None
) -> int:
    """A credit note for an amount, taxes included. Raises Invalid beyond what is left of the invoice."""
    row = _creditable(session, actor, invoice_id)
    own, before = _lines(session, invoice_id)
    lines = credit_part(amount, own, before, inside=row["price_mode"] == "inclusive")
    if not reason.strip():
        raise Invalid({"reason": "Say what it is for; it stands on the credit note."})
    note = _credit(session, actor, row, "credit", lines, reason)
    credited = row["credited_minor"] + amount
    values = _standing(row, credited)
    apply(session, actor, Change("invoice", invoice_id, values, expected=expected), source=SOURCE)
    follow_invoices(session, actor, row["order_id"])
    return note


def cancel_invoice(
    session: Session, actor: Principal, invoice_id: int, reason: str, expected: int | None = None
) -> int:
    """The credit note for all that is left of it (0 for an invoice of nothing). What it asked for can be invoiced anew.

    Raises Refused for a deposit that a later invoice takes off.
    """
    row = _creditable(session, actor, invoice_id)
    if not reason.strip():
        raise Invalid({"reason": "Say why; it stands on the credit note."})
    _not_taken_off(session, row)
    own, before = _lines(session, invoice_id)
    lines = credit_all(own, before, inside=row["price_mode"] == "inclusive")
    note = _credit(session, actor, row, "cancellation", lines, reason) if lines else 0
    values = _standing(row, row["total_minor"]) | {"state": "cancelled"}
    apply(session, actor, Change("invoice", invoice_id, values, expected=expected), source=SOURCE)
    follow_invoices(session, actor, row["order_id"])
    return note


def _creditable(session: Session, actor: Principal, invoice_id: int) -> Row:
    row = invoice_row(session, actor, invoice_id, lock=True)
    if row["series"] != "invoice":
        raise Refused("A credit note is not credited itself.")
    if row["state"] == "draft":
        raise Refused("This is a draft. Delete it instead.")
    if row["state"] not in LIVE:
        raise Refused("This invoice was cancelled already.")
    return row


def _lines(session: Session, invoice_id: int) -> tuple[list[Any], list[Any]]:
    return [billed(line) for line in invoice_lines(session, invoice_id)], list(credited_lines(session, invoice_id))


def _not_taken_off(session: Session, row: Row) -> None:
    """Without this invoice the later ones must not take off more than was invoiced ahead."""
    ahead: dict[int, int] = {}
    for line in billed_of(session, row["order_id"], without=row["id"]):
        if line.role in ("advance", "deduction"):
            ahead[line.tax_milli] = ahead.get(line.tax_milli, 0) + line.net + line.tax
    if any(left < 0 for left in ahead.values()):
        later = [i for i in invoices_of(session, row["order_id"]) if i["id"] > row["id"]]
        named = [i["number"] for i in later if i["series"] == "invoice" and i["state"] != "cancelled"]
        raise Refused("Later invoices take off what this one asked for. Cancel them first.", named)


def _standing(row: Row, credited: int) -> Row:
    total, paid = row["total_minor"], row["paid_minor"]
    return {
        "credited_minor": credited,
        "open_minor": open_minor(total, credited, paid),
        "state": state_of(total, credited, paid),
    }


def _credit(session: Session, actor: Principal, row: Row, purpose: str, lines: Sequence[NewLine], reason: str) -> int:
    name = said(row["language"], purpose, invoice=row["number"])
    rows = [
        figures(line) | {"name": name, "description": reason.strip()[:500], "unit_price_minor": None} for line in lines
    ]
    values = {key: row[key] for key in (*COPIED, *ALSO_COPIED)} | totals(rows) | numbered(session, "credit note")
    values |= {
        "series": "credit note",
        "purpose": purpose,
        "state": "issued",
        "order_id": row["order_id"],
        "corrects_id": row["id"],
        "issued_on": organisation_today(),
        "notes": reason.strip(),
        "lines": rows,
    }
    done = apply(session, actor, Change("invoice", op="create", set=values), source=SOURCE)
    file_document(session, actor, "invoice", done.id)
    return done.id
