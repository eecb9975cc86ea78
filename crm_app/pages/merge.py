"""The pages of a merge and of its undo."""

import reflex as rx

from crm_app.duplicates.merge.state import MergeScreen, UnmergeScreen
from crm_app.duplicates.merge.views import merge_screen, unmerge_screen
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import PEOPLE
from crm_app.ui import addresses


def merge_page() -> rx.Component:
    """Records side by side."""
    return framed(merge_screen(), title="Merge", current=PEOPLE.path)


def unmerge_page() -> rx.Component:
    """What came since a merge."""
    return framed(unmerge_screen(), title="Undo a merge", current=PEOPLE.path)


MERGE = Page(addresses.MERGE, "Merge · Kith", merge_page, (Viewer.load, MergeScreen.load))
UNMERGE = Page(addresses.UNMERGE, "Undo a merge · Kith", unmerge_page, (Viewer.load, UnmergeScreen.load))
