"""Commands of orders, invoices, credit notes and payments. They never commit."""

from crm_app.billing.service.credits import cancel_invoice, credit_invoice
from crm_app.billing.service.drafts import (
    draft_instalment,
    draft_part,
    draft_rest,
    draft_share,
    edit_draft,
)
from crm_app.billing.service.issuing import issue_invoice
from crm_app.billing.service.orders import cancel_order, order_from_quote, set_schedule
from crm_app.billing.service.payments import put_back, record_payment, remove_payment, removed_in

__all__ = [
    "cancel_invoice",
    "cancel_order",
    "credit_invoice",
    "draft_instalment",
    "draft_part",
    "draft_rest",
    "draft_share",
    "edit_draft",
    "issue_invoice",
    "order_from_quote",
    "put_back",
    "record_payment",
    "remove_payment",
    "removed_in",
    "set_schedule",
]
