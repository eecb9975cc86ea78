"""Money that came in for an invoice, or went back."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.queries.stored import invoice_row, payments
from crm_app.billing.rules import open_minor, problem_of_payment, state_of
from crm_app.billing.seal import SOURCE
from crm_app.billing.service.issuing import follow_invoices
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Conflict, Invalid, NotFound, Refused
from crm_app.quotes.queries.stored import organisation_today
from crm_app.tables import ChangeBatch, ChangeLog

log, batch = table_of(ChangeLog), table_of(ChangeBatch)
KEPT = ("id", "paid_on", "amount_minor", "method", "reference")


def record_payment(
    session: Session,
    actor: Principal,
    invoice_id: int,
    amount: int,
    paid_on: date,
    *,
    method: str = "bank transfer",
    reference: str = "",
    expected: int | None = None,
) -> None:
    """A refund is negative. Raises Invalid, and Refused where somebody else has just recorded one."""
    row = _payable(session, actor, invoice_id)
    wrong = problem_of_payment(amount, row["open_minor"], row["paid_minor"], paid_on, organisation_today())
    if expected is not None and expected < row["version"]:
        raise Refused("A payment was just recorded, or something else changed here. Please look again.")
    if wrong:
        raise Invalid(wrong)
    new = {"paid_on": paid_on, "amount_minor": amount, "method": method, "reference": reference}
    _write(session, actor, row, [*_there(session, invoice_id), new], expected)


def remove_payment(session: Session, actor: Principal, invoice_id: int, payment_id: int) -> Applied:
    """One that was recorded by mistake; the history of the invoice keeps it. Raises NotFound."""
    row = _payable(session, actor, invoice_id)
    there = _there(session, invoice_id)
    left = [p for p in there if p["id"] != payment_id]
    if len(left) == len(there):
        raise NotFound("This payment was removed already.")
    if sum(p["amount_minor"] for p in left) < 0:
        raise Refused("Remove the refund first.")
    return _write(session, actor, row, left, None)


def removed_in(session: Session, batch_id: int) -> int | None:
    """The invoice of which this batch removed a payment, if that is what it did."""
    found = _removal(session, batch_id)
    return found[0] if found else None


def put_back(session: Session, actor: Principal, batch_id: int) -> Applied:
    """The undo of a removal: the payment stands beside those that came since, and all that follows is computed anew.

    Raises NotFound for another batch, Refused where it is back already or does not fit any more.
    """
    found = _removal(session, batch_id)
    if found is None:
        raise NotFound("This change does not exist.")
    invoice_id, gone = found
    row = _payable(session, actor, invoice_id)
    if session.connection().execute(select(batch.c.id).where(batch.c.undoes == batch_id)).first():
        raise Refused("This payment is back already.")
    if sum(one["amount_minor"] for one in gone) > row["open_minor"]:
        raise Refused("It is more than is open now: something was paid or credited since.")
    return _write(session, actor, row, [*_there(session, invoice_id), *gone], row["version"], undoes=batch_id)


def _removal(session: Session, batch_id: int) -> tuple[int, list[dict[str, Any]]] | None:
    written = select(log.c.record_id, log.c.diff).where(log.c.batch_id == batch_id, log.c.kind == "invoice")
    for found in session.connection().execute(written):
        pairs = [pair for name, pair in found.diff.items() if name.startswith("payments.")]
        gone = [{n: before[n] for n in KEPT if n != "id"} for before, after in pairs if before and after is None]
        if gone:
            return found.record_id, gone
    return None


def _payable(session: Session, actor: Principal, invoice_id: int) -> dict[str, Any]:
    row = invoice_row(session, actor, invoice_id, lock=True)
    if row["series"] != "invoice":
        raise Refused("Record the refund on the invoice that this credit note is for.")
    if row["state"] == "draft":
        raise Refused("Issue this invoice before you record a payment.")
    return row


def _there(session: Session, invoice_id: int) -> list[dict[str, Any]]:
    return [{name: p[name] for name in KEPT} for p in payments(session, invoice_id)]


def _write(
    session: Session,
    actor: Principal,
    row: dict[str, Any],
    rows: list[dict[str, Any]],
    expected: int | None,
    *,
    undoes: int | None = None,
) -> Applied:
    paid = sum(p["amount_minor"] for p in rows)
    total, credited = row["total_minor"], row["credited_minor"]
    values: dict[str, Any] = {
        "payments": rows,
        "paid_minor": paid,
        "open_minor": open_minor(total, credited, paid),
    }
    if row["state"] != "cancelled":
        values["state"] = state_of(total, credited, paid)
    try:
        change = Change("invoice", row["id"], values, expected=expected)
        done = apply_many(session, actor, [change], source=SOURCE, undoes=undoes)[0]
    except Conflict:
        raise Refused("A payment was just recorded. Please look again.") from None
    follow_invoices(session, actor, row["order_id"])
    return done
