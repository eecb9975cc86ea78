"""The users."""

import reflex as rx

from crm_app.identity.state import UserList, Viewer
from crm_app.identity.views import users_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import USERS


def users_page() -> rx.Component:
    """The screen in its frame."""
    return framed(users_screen(), title="Users", current=USERS.path)


PAGE = Page(USERS.path, "Users · Kith", users_page, (Viewer.load, UserList.load))
