"""The document of an order or an issued invoice is made once and kept: the same bytes for whoever asks later."""

from io import BytesIO

from sqlmodel import Session

from crm_app.billing.documents import invoice_document, order_document
from crm_app.billing.queries.stored import invoice_lines, invoice_row, order_lines, order_row
from crm_app.billing.seal import SOURCE
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.paper import render
from crm_app.records.files.service import attach_file
from crm_app.records.files.store import keep


def file_document(session: Session, actor: Principal, kind: str, id: int) -> None:
    """Render it, keep the bytes, and hang them on the record."""
    if kind == "order":
        row = order_row(session, SYSTEM, id)
        document = order_document(session, row, order_lines(session, id))
    else:
        row = invoice_row(session, SYSTEM, id)
        document = invoice_document(session, row, invoice_lines(session, id))
    stored = keep(BytesIO(render(document).content))
    filed = attach_file(session, actor, kind, id, f"{row['number']}.pdf", stored)
    apply(session, actor, Change(kind, id, {"file_id": filed.id}), source=SOURCE)
