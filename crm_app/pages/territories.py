"""The territories."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import TERRITORIES
from crm_app.records.state import RefSearch
from crm_app.territories.state import TerritoryList, TerritoryPreview
from crm_app.territories.views import territories_screen


def territories_page() -> rx.Component:
    """The screen in its frame."""
    search = {"found": RefSearch.found, "on_search": RefSearch.look_up}
    return framed(
        territories_screen(search), title="Territories", current=TERRITORIES.path, after_undo=TerritoryList.load
    )


PAGE = Page(
    TERRITORIES.path,
    "Territories · Kith",
    territories_page,
    (Viewer.load, TerritoryList.load, TerritoryPreview.clear),
)
