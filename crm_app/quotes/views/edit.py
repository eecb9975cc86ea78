"""A field of the quote on the page, edited where it stands."""

from typing import Any

import reflex as rx

from crm_app.quotes.state import QuoteRecord
from crm_app.records.state import RefSearch
from crm_app.ui.inputs import inline_edit


def edit(p: Any, **props: Any) -> rx.Component:
    """The inline edit of one property."""
    return inline_edit(
        property=p,
        version=QuoteRecord.quote.version,
        answer=QuoteRecord.answer,
        found=RefSearch.found,
        on_save=QuoteRecord.save_field,
        on_search=RefSearch.look_up,
        **props,
    )


def labelled(p: Any, place: str) -> rx.Component:
    """A cell of the lines; its label is shown where there is no head of a table above it."""
    return rx.el.div(
        rx.el.span(p.label, class_name="qlab", custom_attrs={"aria-hidden": "true"}),
        edit(p, bare=True),
        class_name=f"qc {place}",
    )
