"""Managed lists."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.lifecycle.state import VocabularyPage
from crm_app.lifecycle.views import vocabularies_screen
from crm_app.pages.feed import ProcessFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import VOCABULARIES
from crm_app.ui.live import live


def vocabularies_page() -> rx.Component:
    """The screen in its frame; what another administrator changes appears."""
    body = rx.fragment(vocabularies_screen(), live(push=ProcessFeed.push, on_change=[VocabularyPage.load]))
    return framed(body, title="Vocabularies", current=VOCABULARIES.path, after_undo=VocabularyPage.load)


PAGE = Page(
    VOCABULARIES.path,
    "Vocabularies · Kith",
    vocabularies_page,
    (Viewer.load, ProcessFeed.follow, VocabularyPage.load),
)
