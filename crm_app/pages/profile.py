"""The own profile."""

import reflex as rx

from crm_app.activities.state import CalendarLink
from crm_app.activities.views import calendar_link
from crm_app.identity.state import Profile, Viewer
from crm_app.identity.views import profile_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import PROFILE


def profile_page() -> rx.Component:
    """The screen in its frame."""
    return framed(profile_screen(calendar_link()), title="Profile", current=PROFILE.path)


PAGE = Page(PROFILE.path, "Profile · Kith", profile_page, (Viewer.load, Profile.load, CalendarLink.load))
