"""The organisation."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.organisation.state import OrganisationPage
from crm_app.organisation.views import organisation_screen
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import ORGANISATION


def organisation_page() -> rx.Component:
    """The screen in its frame; after an undo it reads itself again."""
    return framed(
        organisation_screen(), title="Organisation", current=ORGANISATION.path, after_undo=OrganisationPage.load
    )


PAGE = Page(ORGANISATION.path, "Organisation · Kith", organisation_page, (Viewer.load, OrganisationPage.load))
