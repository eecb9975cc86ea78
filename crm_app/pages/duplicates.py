"""The work list of duplicates."""

import reflex as rx

from crm_app.duplicates.worklist.state import DuplicateList
from crm_app.duplicates.worklist.views import duplicates_screen
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import DUPLICATES

KEYS = (("J  K", "Next and previous group"), ("M", "Merge"), ("N", "Not a duplicate"), ("X", "Choose"))


def duplicates_page() -> rx.Component:
    """The screen in its frame."""
    return framed(
        duplicates_screen(), title="Duplicates", current=DUPLICATES.path, after_undo=DuplicateList.load, keys=KEYS
    )


PAGE = Page(
    DUPLICATES.path, "Duplicates · Kith", duplicates_page, (Viewer.load, DuplicateList.load, DuplicateList.resume)
)
