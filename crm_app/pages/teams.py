"""The teams."""

import reflex as rx

from crm_app.identity.state import TeamTree, Viewer
from crm_app.identity.views import teams_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import TEAMS


def teams_page() -> rx.Component:
    """The screen in its frame."""
    return framed(teams_screen(), title="Teams", current=TEAMS.path)


PAGE = Page(TEAMS.path, "Teams · Kith", teams_page, (Viewer.load, TeamTree.load))
