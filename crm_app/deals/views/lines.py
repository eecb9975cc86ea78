"""The products of a deal: every field edited in place, one added by choosing it, with the sum below."""

from collections.abc import Callable

import reflex as rx

from crm_app.deals.queries import Line
from crm_app.deals.state import DealLines, DealRecord
from crm_app.records.state import RefSearch
from crm_app.ui.elements import button
from crm_app.ui.icons import icon
from crm_app.ui.inputs import lookup


def _line(line: rx.vars.ObjectVar[Line], edit: Callable[..., rx.Component]) -> rx.Component:
    remove = rx.el.button(
        icon("close"),
        type="button",
        class_name="btn quiet icononly",
        on_click=DealLines.remove(line.id),
        custom_attrs={"aria-label": "Remove " + line.name.to(str)},
    )
    return rx.el.li(
        rx.el.div(edit(line.product, bare=True), rx.cond(line.product.editable, remove, rx.fragment())),
        rx.el.div(
            edit(line.quantity, bare=True),
            rx.el.span("×", class_name="mut"),
            edit(line.unit, bare=True),
            rx.el.b(line.total, class_name="strong"),
        ),
        class_name="line",
        key=line.id,
    )


def _adding() -> rx.Component:
    return rx.cond(
        DealLines.adding,
        lookup(
            label="Product",
            kind="product",
            auto_focus=True,
            found=RefSearch.found,
            on_search=RefSearch.look_up,
            on_pick=DealLines.add,
            on_cancel=DealLines.stop,
        ),
        button("Add a product", kind="quiet", picture="plus", on_click=DealLines.start),
    )


def lines_section(edit: Callable[..., rx.Component]) -> rx.Component:
    """`edit` makes the inline edit of one property."""
    deal = DealRecord.deal
    return rx.fragment(
        rx.el.h3("Products", rx.el.span(deal.lines.length()), class_name="sect"),
        rx.cond(
            deal.lines.length() > 0,
            rx.el.ul(rx.foreach(deal.lines, lambda line: _line(line, edit)), class_name="lines"),
            rx.el.p("No products on this deal.", class_name="mut"),
        ),
        rx.cond(
            deal.sum != "",
            rx.el.div(rx.el.span("Total"), rx.el.b(deal.sum, class_name="strong"), class_name="linesum"),
            rx.fragment(),
        ),
        rx.cond(deal.editable, _adding(), rx.fragment()),
    )
