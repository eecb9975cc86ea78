"""A file becomes records."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.imports.history_state import PastImports
from crm_app.imports.state import ImportPage
from crm_app.imports.views import import_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import IMPORT


def import_page() -> rx.Component:
    """Upload, columns, run, report."""
    return framed(import_screen(), title="Import", current=IMPORT.path)


PAGE = Page(IMPORT.path, "Import · Kith", import_page, (Viewer.load, ImportPage.load, PastImports.load))
