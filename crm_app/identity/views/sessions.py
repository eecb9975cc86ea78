"""A list of the browsers in which somebody is signed in."""

from typing import Any

import reflex as rx

from crm_app.identity.queries import SessionRow
from crm_app.ui.elements import button, tag
from crm_app.ui.icons import icon


def session_list(rows: Any, revoke: Any) -> rx.Component:
    """Each with a button that ends it, but for the one that is asking."""

    def line(row: rx.vars.ObjectVar[SessionRow]) -> rx.Component:
        return rx.el.li(
            rx.cond(row.phone, icon("phone", "big"), icon("laptop", "big")),
            rx.el.div(
                rx.el.div(row.device, class_name="strong"),
                rx.el.div(row.ip, " · ", row.seen, class_name="mut"),
                class_name="grow",
            ),
            rx.cond(
                row.current, tag("This one", "g"), button("Sign out", kind="danger", on_click=revoke(row.public_id))
            ),
            key=row.public_id,
        )

    return rx.el.ul(rx.foreach(rows, line), class_name="list")
