"""The quotes of a deal, on its page."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.quotes.queries.beside import DealQuote
from crm_app.quotes.state import QuotesBeside
from crm_app.ui.elements import button, page_link, tag


def _quote(row: rx.vars.ObjectVar[DealQuote]) -> rx.Component:
    return rx.el.div(
        rx.el.div(page_link(row.number, href=row.href, class_name="strong"), rx.el.span(row.total)),
        rx.el.div(tag(row.state, row.tone), rx.el.span(row.until, class_name="mut")),
        class_name="item2",
        key=row.id,
    )


def quotes_beside() -> rx.Component:
    """The newest first, and the button that makes one from the deal."""
    return rx.el.section(
        rx.el.h3("Quotes", rx.el.span(QuotesBeside.quotes.length()), class_name="sect"),
        rx.foreach(QuotesBeside.quotes, _quote),
        rx.cond(
            Viewer.creatable.contains("quote"),
            button("Make a quote", kind="quiet", picture="plus", on_click=QuotesBeside.make),
            rx.cond(QuotesBeside.quotes.length() == 0, rx.el.p("No quotes yet.", class_name="mut"), rx.fragment()),
        ),
        custom_attrs={"aria-label": "Quotes"},
    )
