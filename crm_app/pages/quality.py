"""Data quality: the five Cs, and the rules and checks behind them."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import QUALITY
from crm_app.quality.state import QualityChecks, QualityRules, QualityScreen
from crm_app.quality.views import quality_screen, settings_screen
from crm_app.ui import addresses


def quality_page() -> rx.Component:
    """The figures in their frame."""
    return framed(quality_screen(), title="Data quality", current=QUALITY.path, after_undo=QualityScreen.load)


def settings_page() -> rx.Component:
    """The rules and checks in their frame."""
    again = [QualityRules.load, QualityChecks.load]
    return framed(settings_screen(), title="Rules and checks", current=QUALITY.path, crumb=QUALITY, after_undo=again)


PAGE = Page(QUALITY.path, "Data quality · Kith", quality_page, (Viewer.load, QualityScreen.load))
RULES = Page(
    addresses.QUALITY_RULES,
    "Rules and checks · Kith",
    settings_page,
    (Viewer.load, QualityRules.load, QualityChecks.load),
)
