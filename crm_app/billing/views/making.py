"""The order of a quote, beside it."""

from typing import Any

import reflex as rx

from crm_app.billing.state import OrderMaking
from crm_app.ui.elements import button, link


def order_of_quote_box() -> rx.Component:
    """Nothing, as long as the quote is not accepted."""
    found: Any = OrderMaking.found
    inner = rx.cond(
        found.may_make,
        button("Make an order", kind="pri", on_click=OrderMaking.make),
        link("Order " + found.number.to(str), found.href),
    )
    return rx.cond(
        found.may_make | (found.href != ""),
        rx.el.section(
            rx.el.h3("Order", class_name="sect"), inner, custom_attrs={"aria-label": "Order"}, class_name="docorder"
        ),
        rx.fragment(),
    )
