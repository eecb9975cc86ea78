"""Home is the board."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import BOARD, framed
from crm_app.pages.page import Page
from crm_app.ui import addresses
from crm_app.ui.elements import skeleton_rows


def home_page() -> rx.Component:
    """Shown for the moment before the board opens."""
    return framed(rx.el.div(skeleton_rows(6), class_name="page"), title="Kith", current=addresses.HOME)


PAGE = Page(addresses.HOME, "Kith", home_page, (Viewer.load, rx.redirect(BOARD.path, replace=True)))
