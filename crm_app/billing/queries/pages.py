"""The page of an order and of an invoice, for this reader."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from crm_app.billing.queries.parts import TONES, day, links_of, money, owner_name, shown_lines, shown_sums
from crm_app.billing.queries.rows import DocRow, DocSum, InvoicePage, OrderPage, PartRow, PaymentRow
from crm_app.billing.queries.stored import (
    billed_of,
    invoice_lines,
    invoice_row,
    invoices_of,
    order_lines,
    order_parts,
    order_row,
    ordered_of,
    payments,
)
from crm_app.billing.rules import amounts_of, days_late, is_overdue, left_of_lines, left_to_invoice
from crm_app.billing.rules.standing import LIVE
from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.numbers import amount_text, milli_text
from crm_app.identity.policy import decide, may
from crm_app.records.address import path_of

Row = dict[str, Any]
WHAT = {
    "deposit": "Deposit invoice",
    "instalment": "Instalment invoice",
    "part": "Partial invoice",
    "rest": "Invoice",
    "credit": "Credit note",
    "cancellation": "Credit note",
}


def order_page(session: Session, actor: Principal, id: int) -> OrderPage:
    """Raises NotFound for an order that the actor may not see."""
    row = order_row(session, actor, id)
    rows, parts = order_lines(session, id), order_parts(session, id)
    all_made = invoices_of(session, id)
    made = [i for i in all_made if _seen(actor, i)]
    ordered, billed = ordered_of(rows), billed_of(session, id)
    left = left_to_invoice(ordered, billed)
    by_line = {line: there.quantity_milli for line, there in left_of_lines(ordered, billed).items()}
    shown_parts = _parts(actor, row, parts, made)
    following = next((p for p in shown_parts if not p.href), None)
    edits = decide(actor, "edit", "order", row["owner_id"]).allowed and row["state"] != "cancelled"
    standing = [i for i in made if i["series"] == "invoice" and i["state"] != "cancelled"]
    may_invoice = edits and left > 0 and may(actor, "invoice.create")
    return OrderPage(
        id=id,
        version=row["version"],
        number=row["number"],
        title=row["title"] or row["number"],
        state=row["state"].capitalize(),
        tone=TONES[row["state"]],
        customer=row["customer"],
        address=row["address"].splitlines(),
        facts=_facts(session, row, [("Ordered", day(row["ordered_on"]))]),
        links=links_of(session, actor, row, ("company", "person", "deal", "quote")),
        lines=shown_lines(rows, row, actor, by_line if row["state"] != "cancelled" else None),
        sums=shown_sums(rows, row, actor),
        money=_sums_of_order(row, all_made, left, actor),
        parts=shown_parts,
        invoices=[_in_a_row(actor, i) for i in made],
        terms=row["terms"],
        notes=row["notes"],
        paper=_paper(row),
        may_invoice=may_invoice,
        may_schedule=edits and left > 0 and not any(i["part_id"] for i in standing),
        may_cancel=edits and not standing,
        has_next=may_invoice and following is not None,
        next_label=f"Invoice “{following.label}”" if following else "",
        left=money(left, row, actor),
    )


def invoice_page(session: Session, actor: Principal, id: int) -> InvoicePage:
    """Raises NotFound for an invoice that the actor may not see."""
    row = invoice_row(session, actor, id)
    rows, today = invoice_lines(session, id), clock.today(actor.zone)
    is_draft, is_note = row["state"] == "draft", row["series"] == "credit note"
    late = is_overdue(row["state"], row["open_minor"], row["due_on"], today)
    edits = decide(actor, "edit", "invoice", row["owner_id"]).allowed
    notes = [i for i in invoices_of(session, row["order_id"]) if i["corrects_id"] == id and _seen(actor, i)]
    stands = row["state"] in LIVE and not is_note
    return InvoicePage(
        id=id,
        version=row["version"],
        number="" if is_draft else row["number"],
        what=WHAT[row["purpose"]],
        state="Overdue" if late else row["state"].capitalize(),
        tone="r" if late else TONES[row["state"]],
        warning=_warning(row, days_late(row["due_on"], today) if late else 0),
        customer=row["customer"],
        address=row["address"].splitlines(),
        facts=_facts(session, row, [("Issued", day(row["issued_on"])), ("Due", _due(row))]),
        links=links_of(session, actor, row | {"invoice_id": row["corrects_id"]}, INVOICE_LINKS),
        lines=shown_lines(rows, row, actor),
        sums=shown_sums(rows, row, actor),
        money=[] if is_draft or is_note else _money(row, actor),
        payments=[_payment(actor, row, p) for p in payments(session, id)],
        credits=[_in_a_row(actor, i) for i in notes],
        terms=row["terms"],
        notes=row["notes"],
        paper=_paper(row),
        raw=_raw(actor, row),
        is_draft=is_draft,
        may_edit=edits,
        may_pay=edits and stands and row["open_minor"] > 0,
        may_refund=edits and not is_draft and not is_note and row["open_minor"] < 0 and row["paid_minor"] > 0,
        may_credit=edits and stands and may(actor, "invoice.create"),
        order=path_of("order", row["order_id"]),
        may_delete=is_draft and decide(actor, "delete", "invoice", row["owner_id"]).allowed,
    )


INVOICE_LINKS = ("company", "person", "order", "invoice", "deal")


def _sums_of_order(row: Row, made: Sequence[Row], left: int, actor: Principal) -> list[DocSum]:
    """What is invoiced, what drafts hold of the rest, and what no invoice names yet."""
    drafts = sum(invoice["total_minor"] for invoice in made if invoice["state"] == "draft")
    found = [("Invoiced", row["invoiced_minor"]), ("Paid", row["paid_minor"])]
    found += [("In drafts", drafts)] if drafts else []
    sums = [DocSum(label, money(amount, row, actor)) for label, amount in found]
    return [*sums, DocSum("Left to invoice", money(left, row, actor), strong=True)]


def _seen(actor: Principal, row: Row) -> bool:
    return decide(actor, "read", "invoice", row["owner_id"]).allowed


def _facts(session: Session, row: Row, facts: list[tuple[str, str]]) -> list[DocSum]:
    found = [*facts, ("Owner", owner_name(session, row["owner_id"]))]
    return [DocSum(label, text) for label, text in found if text]


def _paper(row: Row) -> str:
    return f"/files/{row['file_id']}" if row["file_id"] else ""


def _due(row: Row) -> str:
    if row["series"] == "credit note":
        return ""
    return day(row["due_on"]) or f"{row['due_days']} days after it is issued"


def _warning(row: Row, late: int) -> str:
    if late:
        return f"Overdue since {day(row['due_on'])}, {late} day{'s' if late > 1 else ''}."
    if row["state"] == "draft":
        return "This is a draft. Issued, it gets its number and can no longer be changed."
    if row["state"] == "cancelled":
        return "This invoice was cancelled by a credit note."
    return ""


def _money(row: Row, actor: Principal) -> list[DocSum]:
    found = [("Paid", row["paid_minor"])]
    found += [("Credited", row["credited_minor"])] if row["credited_minor"] else []
    sums = [DocSum(label, money(amount, row, actor)) for label, amount in found]
    open_ = row["open_minor"]
    return [*sums, DocSum("To refund" if open_ < 0 else "Open", money(abs(open_), row, actor), strong=True)]


def _raw(actor: Principal, row: Row) -> dict[str, str]:
    """What the dialogs begin with."""
    return {
        "due_on": row["due_on"].isoformat() if row["due_on"] else "",
        "due_days": str(row["due_days"]),
        "customer": row["customer"],
        "address": row["address"],
        "terms": row["terms"],
        "notes": row["notes"],
        "open": amount_text(abs(row["open_minor"]), row["currency"], actor.locale),
        "currency": row["currency"],
    }


def _payment(actor: Principal, row: Row, payment: Row) -> PaymentRow:
    note = " · ".join(filter(None, (payment["method"].capitalize(), payment["reference"])))
    amount = money(payment["amount_minor"], row, actor)
    return PaymentRow(payment["id"], day(payment["paid_on"]), amount, note)


def _in_a_row(actor: Principal, row: Row) -> DocRow:
    late = is_overdue(row["state"], row["open_minor"], row["due_on"], clock.today(actor.zone))
    state = "overdue" if late else row["state"]
    note = day(row["issued_on"]) + (
        f", due {day(row['due_on'])}" if row["due_on"] and row["series"] == "invoice" else ""
    )
    title = row["number"] if row["state"] != "draft" else f"Draft: {WHAT[row['purpose']].lower()}"
    sign = "−" if row["series"] == "credit note" else ""
    amount = sign + money(row["total_minor"], row, actor)
    return DocRow(row["id"], title, f"/invoices/{row['id']}", note, amount, state.capitalize(), TONES.get(state, "r"))


def _parts(actor: Principal, row: Row, parts: list[Row], made: list[Row]) -> list[PartRow]:
    amounts = amounts_of(row["total_minor"], [p["share_milli"] for p in parts])
    found = []
    for part, amount in zip(parts, amounts, strict=True):
        asked = next((i for i in made if i["part_id"] == part["id"] and i["state"] != "cancelled"), None)
        shown = _in_a_row(actor, asked) if asked else None
        found.append(
            PartRow(
                id=part["id"],
                label=part["label"],
                share=milli_text(part["share_milli"], actor.locale),
                days=str(part["due_days"]),
                amount=money(amount, row, actor),
                state=shown.state if shown else "Not invoiced",
                tone=shown.tone if shown else "",
                href=shown.href if shown else "",
            )
        )
    return found
