"""404: an address that leads nowhere."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.ui import addresses
from crm_app.ui.elements import empty, link


def missing_page() -> rx.Component:
    """Says so, and leads back."""
    return framed(
        rx.el.div(
            empty(
                "There is no such page",
                "The address may be mistyped, or the page has moved.",
                link("To the board", addresses.BOARD, kind="pri"),
                picture="alert",
            ),
            class_name="page",
        ),
        title="Not found",
        current="",
    )


PAGE = Page("404", "Not found · Kith", missing_page, (Viewer.load,))
