"""Reports."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import REPORTS
from crm_app.reports.state import ReportPage
from crm_app.reports.views import reports_screen


def reports_page() -> rx.Component:
    """The screen in its frame."""
    return framed(reports_screen(), title="Reports", current=REPORTS.path)


PAGE = Page(REPORTS.path, "Reports · Kith", reports_page, (Viewer.load, ReportPage.load))
