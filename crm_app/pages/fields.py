"""Custom fields."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.feed import FieldFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import FIELDS
from crm_app.records.custom.state import FieldEditor
from crm_app.records.custom.views import fields_screen
from crm_app.ui.live import live


def fields_page() -> rx.Component:
    """The screen in its frame; what another administrator changes appears."""
    body = rx.fragment(fields_screen(), live(push=FieldFeed.push, on_change=[FieldEditor.load]))
    return framed(body, title="Fields", current=FIELDS.path, after_undo=FieldEditor.load)


PAGE = Page(FIELDS.path, "Fields · Kith", fields_page, (Viewer.load, FieldFeed.follow, FieldEditor.load))
