"""The list of orders, and the page of one."""

from typing import Any

import reflex as rx

from crm_app.billing.state import OrderScreen
from crm_app.billing.views import invoice_tabs, order_screen
from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.listed import list_page
from crm_app.pages.page import Page
from crm_app.pages.places import INVOICES, ORDERS
from crm_app.records.page.state import ListWalk
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live


def order_page() -> rx.Component:
    """One order."""
    page: Any = OrderScreen.page
    here = rx.cond(page, page.id, 0)
    body = rx.fragment(current(here, order_screen()), live(push=RecordFeed.push, on_change=OrderScreen.load))
    return framed(
        body,
        title=current_title(here, rx.cond(page, page.title, "Order"), "Order"),
        current=INVOICES.path,
        crumb=ORDERS,
    )


LIST = list_page("order", ORDERS, above=invoice_tabs)
PAGE = Page(
    addresses.ORDER,
    "Order · Kith",
    order_page,
    (Viewer.load, RecordFeed.follow("order"), ListWalk.load, OrderScreen.load, ListWalk.note),
)
