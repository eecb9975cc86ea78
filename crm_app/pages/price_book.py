"""One price book."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import PRICE_BOOKS
from crm_app.products.state import PriceBookRecord
from crm_app.products.views import price_book_screen
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live


def price_book_page() -> rx.Component:
    """The screen in its frame."""
    here = rx.cond(PriceBookRecord.book, PriceBookRecord.book.id, 0)
    title = current_title(here, rx.cond(PriceBookRecord.book, PriceBookRecord.book.title, "Price book"), "Price book")
    body = rx.fragment(current(here, price_book_screen()), live(push=RecordFeed.push, on_change=PriceBookRecord.load))
    return framed(body, title=title, current=PRICE_BOOKS.path, crumb=PRICE_BOOKS, after_undo=PriceBookRecord.load)


PAGE = Page(
    addresses.PRICE_BOOK,
    "Price book · Kith",
    price_book_page,
    (Viewer.load, RecordFeed.follow("price_book"), PriceBookRecord.load),
)
