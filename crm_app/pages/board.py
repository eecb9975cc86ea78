"""The board."""

import reflex as rx

from crm_app.deals.state import DealBoard
from crm_app.deals.views import board_screen, gate_dialog
from crm_app.identity.state import Viewer
from crm_app.pages.feed import BoardFeed
from crm_app.pages.frame import BOARD, framed
from crm_app.pages.page import Page

KEYS = (("Space", "Lift or drop a card, arrows move it"), ("Enter", "Open the card"))


def board_page() -> rx.Component:
    """The columns and the gate's dialog."""
    return framed(
        rx.fragment(board_screen(), gate_dialog()), title="Deals", current=BOARD.path, makes="deal", keys=KEYS
    )


PAGE = Page(BOARD.path, "Deals · Kith", board_page, (BoardFeed.follow, DealBoard.load, Viewer.load))
