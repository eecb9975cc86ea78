"""One user: rights and sessions."""

import reflex as rx

from crm_app.identity.state import UserRights, Viewer
from crm_app.identity.views import rights_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import USERS
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title


def user_page() -> rx.Component:
    """The screen in its frame."""
    search = {"found": RefSearch.found, "on_search": RefSearch.look_up}
    here = rx.cond(UserRights.user, UserRights.user.id, 0)
    title = current_title(here, rx.cond(UserRights.user, UserRights.user.name, "User"), "User")
    return framed(current(here, rights_screen(search)), title=title, current=USERS.path, crumb=USERS)


PAGE = Page(addresses.USER, "User · Kith", user_page, (Viewer.load, UserRights.load))
