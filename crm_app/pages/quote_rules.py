"""The rules for all quotes."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import QUOTE_RULES
from crm_app.quotes.state.rules_form import QuoteRules
from crm_app.quotes.views.rules_form import rules_screen


def quote_rules_page() -> rx.Component:
    """The screen in its frame."""
    return framed(rules_screen(), title="Rules for quotes", current=QUOTE_RULES.path, after_undo=QuoteRules.load)


PAGE = Page(QUOTE_RULES.path, "Rules for quotes · Kith", quote_rules_page, (Viewer.load, QuoteRules.load))
