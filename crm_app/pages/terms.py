"""Terms and process."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.lifecycle.state import TermsPage
from crm_app.lifecycle.views import terms_screen
from crm_app.pages.feed import ProcessFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import TERMS
from crm_app.ui.live import live


def terms_page() -> rx.Component:
    """The screen in its frame; what an administrator changes appears."""
    body = rx.fragment(terms_screen(), live(push=ProcessFeed.push, on_change=[TermsPage.load]))
    return framed(body, title="Terms and process", current=TERMS.path, after_undo=TermsPage.load)


PAGE = Page(TERMS.path, "Terms and process · Kith", terms_page, (Viewer.load, ProcessFeed.follow, TermsPage.load))
