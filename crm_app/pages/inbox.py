"""The inbox."""

import reflex as rx

from crm_app.attention.state import Inbox
from crm_app.attention.views import inbox_screen
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import INBOX


def inbox_page() -> rx.Component:
    """The notes, newest first."""
    return framed(inbox_screen(), title="Inbox", current=INBOX.path)


PAGE = Page(INBOX.path, "Inbox · Kith", inbox_page, (Viewer.load, Inbox.load))
