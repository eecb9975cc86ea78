"""Home: what to do next, and where one was."""

import reflex as rx

from crm_app.activities.state import NextStep
from crm_app.attention.state import HomeScreen, Inbox
from crm_app.attention.views import home_screen
from crm_app.demo.state import DemoNotice
from crm_app.demo.views import demo_notice
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import HOME


def home_page() -> rx.Component:
    """The viewer's day."""
    return framed(
        home_screen(demo_notice(), on_done=lambda id: NextStep.offer(id, True)),
        title="Home",
        current=HOME.path,
        after_undo=[HomeScreen.load, DemoNotice.load],
    )


PAGE = Page(HOME.path, "Home · Kith", home_page, (Viewer.load, HomeScreen.load, Inbox.load, DemoNotice.load))
