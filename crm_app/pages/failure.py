"""In place of a page that could not be read: why, and the way to try again."""

import reflex as rx

from crm_app.http.failure import Failure
from crm_app.ui import addresses
from crm_app.ui.elements import button, empty, link


def unread() -> rx.Component:
    """Stands above what was read before; the rest of a page of which nothing was read is hidden by the style sheet."""
    again = rx.cond(Failure.again, button("Try again", kind="pri", on_click=Failure.retry), rx.fragment())
    told = empty(
        rx.cond(Failure.again, "This page could not be read", "This page is not for your role"),
        Failure.unreadable,
        again,
        link("Home", addresses.HOME),
        picture="alert",
    )
    place = rx.el.div(told, class_name=rx.cond(Failure.bare, "unread bare", "unread"), role="alert")
    return rx.cond(Failure.unreadable != "", place, rx.fragment())
