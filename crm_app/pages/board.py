"""The board."""

import reflex as rx

from crm_app.deals.state import BoardFilters, DealBoard
from crm_app.deals.views import board_screen, gate_dialog
from crm_app.identity.state import Viewer
from crm_app.pages.feed import BoardFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import BOARD
from crm_app.records.list_screen.state import ListBulk
from crm_app.records.list_screen.views import left_alone

KEYS = (
    ("Space", "Lift or drop a card, arrows move it"),
    ("Enter", "Open the card"),
    ("X", "Select the card (Shift-click: up to here)"),
    ("Esc", "Clear the selection"),
)


def board_page() -> rx.Component:
    """The columns and the gate's dialog."""
    return framed(
        rx.fragment(board_screen(Viewer.key), gate_dialog(), left_alone()),
        title="Deals",
        current=BOARD.path,
        makes="deal",
        keys=KEYS,
    )


LOADS = (BoardFeed.follow, DealBoard.load, Viewer.load, BoardFilters.load, ListBulk.resume)
PAGE = Page(BOARD.path, "Deals · Kith", board_page, LOADS)
