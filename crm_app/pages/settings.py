"""Settings: everything an organisation arranges for itself, each with what it is for."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import SETTINGS, SETTINGS_GROUPS, Setting
from crm_app.ui.elements import page_link
from crm_app.ui.icons import icon
from crm_app.ui.shell import any_of


def _entry(setting: Setting) -> rx.Component:
    place = setting.place
    entry = rx.el.li(
        page_link(
            icon(place.picture),
            rx.el.span(rx.el.b(place.name), rx.el.span(setting.about, class_name="mut")),
            href=place.path,
            class_name="setting",
        )
    )
    return entry if place.shown is True else rx.cond(place.shown, entry, rx.fragment())


def _group(heading: str, settings: tuple[Setting, ...]) -> rx.Component:
    section = rx.el.section(
        rx.el.h2(heading),
        rx.el.ul(*[_entry(s) for s in settings]),
        custom_attrs={"aria-label": heading},
        class_name="settings",
    )
    shown = [s.place.shown for s in settings]
    return section if any(s is True for s in shown) else rx.cond(any_of(shown), section, rx.fragment())


def settings_page() -> rx.Component:
    """Only what the viewer may open; the pages themselves say who may change what."""
    body = rx.el.div(*[_group(heading, found) for heading, found in SETTINGS_GROUPS], class_name="page settingspage")
    return framed(body, title="Settings", current=SETTINGS.path)


PAGE = Page(SETTINGS.path, "Settings · Kith", settings_page, (Viewer.load,))
