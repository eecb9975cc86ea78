"""Who gets what arrives."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import POOLS
from crm_app.territories.state import PoolList
from crm_app.territories.views import pools_screen


def pools_page() -> rx.Component:
    """The screen in its frame."""
    return framed(pools_screen(), title="Assignment", current=POOLS.path, after_undo=PoolList.load)


PAGE = Page(POOLS.path, "Assignment · Kith", pools_page, (Viewer.load, PoolList.load))
