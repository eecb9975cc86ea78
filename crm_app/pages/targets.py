"""The targets."""

import reflex as rx

from crm_app.forecast.state import TargetGrid
from crm_app.forecast.views import targets_screen
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import FORECAST
from crm_app.ui import addresses


def targets_page() -> rx.Component:
    """The screen in its frame."""
    return framed(targets_screen(), title="Targets", current=FORECAST.path, crumb=FORECAST, after_undo=TargetGrid.load)


PAGE = Page(addresses.TARGETS, "Targets · Kith", targets_page, (Viewer.load, TargetGrid.load))
