"""What stays as it is: an order from the beginning, an invoice from when it is issued. Every source is bound."""

from crm_app.core.changes import Context
from crm_app.core.changes.kinds import Row
from crm_app.core.errors import Refused
from crm_app.records.numbering import comes_or_goes

SOURCE = "billing"  # what the commands of `service` write under; nothing else makes or moves a document
# What organises a document and is not part of it.
BESIDE = frozenset({"owner_id", "company_id", "person_id", "deal_id", "tags", "custom", "external_id"})
# What the commands keep up to date while the document itself stands.
KEPT = frozenset(
    {"state", "invoiced_minor", "paid_minor", "credited_minor", "open_minor", "payments", "parts", "file_id"}
)
# What a person may write into a draft.
IN_DRAFT = BESIDE | {"due_on", "due_days", "terms", "notes", "customer", "address", "language", "deleted_at"}


def made_by_commands(context: Context, before: Row | None, after: Row) -> Row:
    """A document is copied from what it follows, by the commands alone. Raises Refused for any other way in."""
    if before is None and context.source != SOURCE:
        raise Refused("Orders are made from an accepted quote, and invoices from an order.")
    return {}


def seal_order(context: Context, before: Row, after: Row, touched: frozenset[str]) -> str:
    """Why an order stays as it is."""
    free = BESIDE | KEPT if context.source == SOURCE else BESIDE
    if not touched - free or comes_or_goes(context, before, touched):
        return ""
    return f"Order {before['number']} stays as it was accepted. It can only be cancelled."


def seal_invoice(context: Context, before: Row, after: Row, touched: frozenset[str]) -> str:
    """Why an invoice stays as it is."""
    commanded = context.source == SOURCE
    if before["state"] == "draft":
        wrong = frozenset() if commanded else touched - IN_DRAFT
        return (
            "The lines of an invoice are those of its order. Delete this draft and make another one." if wrong else ""
        )
    if not touched - (BESIDE | KEPT if commanded else BESIDE) or comes_or_goes(context, before, touched):
        return ""
    what = "Credit note" if before["series"] == "credit note" else "Invoice"
    return f"{what} {before['number']} was issued and stays as it is. It can only be cancelled."
