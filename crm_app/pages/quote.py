"""One quote."""

import reflex as rx

from crm_app.billing.state import OrderMaking
from crm_app.billing.views import order_of_quote_box
from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import QUOTES
from crm_app.pages.undo import Undo
from crm_app.quotes.state import QuoteRecord
from crm_app.quotes.views import quote_screen
from crm_app.records.files.views import file_drop
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.dialogs import delete_dialog
from crm_app.records.page.state import ListWalk
from crm_app.timeline.state import TimelineView
from crm_app.timeline.views import history
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live

EMPTY = "Every change of this quote, and what the customer does with it, will stand here."
AGAIN = [QuoteRecord.load, OrderMaking.load, TimelineView.refresh]


def quote_page() -> rx.Component:
    """Lines and totals, details, files, what happened."""
    here = rx.cond(QuoteRecord.quote, QuoteRecord.quote.id, 0)
    title = current_title(here, rx.cond(QuoteRecord.quote, QuoteRecord.quote.number, "Quote"), "Quote")
    what_happened = history(EMPTY, Undo.undo_batch, QuoteRecord.load)
    beside = rx.fragment(order_of_quote_box(), file_drop([QuoteRecord.load, TimelineView.refresh]))
    screen = current(here, quote_screen(beside, what_happened))
    body = rx.fragment(screen, delete_dialog(RecordDelete.quote, AGAIN), live(push=RecordFeed.push, on_change=AGAIN))
    return framed(body, title=title, current=QUOTES.path, crumb=QUOTES, after_undo=AGAIN)


PAGE = Page(
    addresses.QUOTE,
    "Quote · Kith",
    quote_page,
    (
        Viewer.load,
        RecordFeed.follow("quote"),
        ListWalk.load,
        QuoteRecord.load,
        OrderMaking.load,
        TimelineView.load,
        ListWalk.note,
    ),
)
