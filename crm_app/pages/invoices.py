"""The list of invoices and credit notes, and the page of one."""

from typing import Any

import reflex as rx

from crm_app.billing.state import InvoiceScreen
from crm_app.billing.views import invoice_screen, invoice_tabs
from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.listed import list_page
from crm_app.pages.page import Page
from crm_app.pages.places import INVOICES
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.dialogs import delete_dialog
from crm_app.records.page.state import ListWalk
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live


def invoice_page() -> rx.Component:
    """One invoice."""
    page: Any = InvoiceScreen.page
    here = rx.cond(page, page.id, 0)
    title = current_title(here, rx.cond(page, page.what + " " + page.number, "Invoice"), "Invoice")
    dialog = delete_dialog(RecordDelete.invoice, InvoiceScreen.load)
    body = rx.fragment(
        current(here, invoice_screen()), dialog, live(push=RecordFeed.push, on_change=InvoiceScreen.load)
    )
    return framed(body, title=title, current=INVOICES.path, crumb=INVOICES, after_undo=InvoiceScreen.load)


LIST = list_page("invoice", INVOICES, above=invoice_tabs)
PAGE = Page(
    addresses.INVOICE,
    "Invoice · Kith",
    invoice_page,
    (Viewer.load, RecordFeed.follow("invoice"), ListWalk.load, InvoiceScreen.load, ListWalk.note),
)
