"""Where an invoice is looked for: all, open, overdue, drafts, credit notes; and the orders."""

from urllib.parse import quote

import reflex as rx

from crm_app.billing.rules import OVERDUE
from crm_app.ui.inputs import url_tabs

_OPEN = '{"all":[{"f":"state","op":"is","v":["issued","partly paid"]}]}'
_DRAFTS = '{"all":[{"f":"state","op":"is","v":["draft"]}]}'
_CREDITS = '{"all":[{"f":"series","op":"is","v":["credit note"]}]}'
TABS = (
    ("Orders", "/orders"),
    ("All invoices", "/invoices"),
    ("Open", "/invoices?f=" + quote(_OPEN)),
    ("Overdue", "/invoices?f=" + quote(OVERDUE)),
    ("Drafts", "/invoices?f=" + quote(_DRAFTS)),
    ("Credit notes", "/invoices?f=" + quote(_CREDITS)),
)


def invoice_tabs() -> rx.Component:
    """A row of links above the list; each is a filter in the address, so that Back works."""
    return url_tabs(label="Orders and invoices", options=[{"name": name, "href": href} for name, href in TABS])
