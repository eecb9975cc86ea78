"""The data dictionary."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.feed import FieldFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import DICTIONARY
from crm_app.records.dictionary.state import DictionaryPage
from crm_app.records.dictionary.views import dictionary_screen
from crm_app.ui.live import live


def dictionary_page() -> rx.Component:
    """The screen in its frame; what an administrator changes appears."""
    body = rx.fragment(dictionary_screen(), live(push=FieldFeed.push, on_change=[DictionaryPage.load]))
    return framed(body, title="Data dictionary", current=DICTIONARY.path, after_undo=DictionaryPage.load)


PAGE = Page(
    DICTIONARY.path,
    "Data dictionary · Kith",
    dictionary_page,
    (Viewer.load, FieldFeed.follow, DictionaryPage.load),
)
