"""The page of a price book: for whom it is, and every price with its tiers and what is earned."""

from typing import Any

import reflex as rx

from crm_app.products.price_books import EntryRow
from crm_app.products.state import PriceBookRecord
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.elements import button, empty, link, skeleton_rows, tag
from crm_app.ui.icons import icon
from crm_app.ui.inputs import inline_edit, lookup


def _edit(p: Any, **props: Any) -> rx.Component:
    return inline_edit(
        property=p,
        version=PriceBookRecord.book.version,
        answer=PriceBookRecord.answer,
        found=RefSearch.found,
        on_save=PriceBookRecord.save_field,
        on_search=RefSearch.look_up,
        **props,
    )


def _entry(row: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    acts = rx.el.div(
        rx.el.button(
            icon("plus"),
            type="button",
            class_name="btn quiet icononly",
            title="Add a tier",
            on_click=PriceBookRecord.add(row.product_id.to(str)),
            custom_attrs={"aria-label": "Add a tier for " + row.product.to(str)},
        ),
        rx.el.button(
            icon("close"),
            type="button",
            class_name="btn quiet icononly",
            title="Remove",
            on_click=PriceBookRecord.remove(row.id),
            custom_attrs={"aria-label": "Remove a price of " + row.product.to(str)},
        ),
        class_name="pacts",
    )
    return rx.el.tr(
        rx.el.td(rx.cond(row.first, rx.el.b(row.product), rx.el.span(row.product, class_name="sr"))),
        rx.el.td(_edit(row.from_quantity, bare=True)),
        rx.el.td(_edit(row.price, bare=True)),
        rx.el.td(rx.cond(row.margin != "", tag(row.margin, row.tone), rx.fragment()), class_name="num"),
        rx.el.td(rx.cond(PriceBookRecord.book.editable, acts, rx.fragment())),
        key=row.id,
    )


def _entries() -> rx.Component:
    heads = ("Product", "From quantity", "Unit price", "Margin", "")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col") for name in heads])),
            rx.el.tbody(rx.foreach(PriceBookRecord.book.prices, _entry)),
        ),
        class_name="tbl",
    )


def _adding() -> rx.Component:
    return rx.cond(
        PriceBookRecord.adding,
        lookup(
            label="Product",
            kind="product",
            placeholder="Name of the product",
            auto_focus=True,
            found=RefSearch.found,
            on_search=RefSearch.look_up,
            on_pick=PriceBookRecord.add,
            on_cancel=PriceBookRecord.stop,
        ),
        button("Add a product", kind="quiet", picture="plus", on_click=PriceBookRecord.start),
    )


def price_book_screen() -> rx.Component:
    """Everything below the top bar."""
    book = PriceBookRecord.book
    none = rx.el.p("No prices yet. Add a product; a second price for it is a tier.", class_name="mut")
    shown = rx.el.div(
        rx.el.h2(book.title, class_name="title"),
        rx.el.p(
            "Quotes in this currency take their prices from here: for companies of the segment, or for everybody "
            "where no segment is named.",
            class_name="mut",
        ),
        rx.el.div(rx.foreach(book.head, lambda p: _edit(p, key=p.field)), class_name="props"),
        rx.cond(book.prices.length() > 0, _entries(), none),
        rx.cond(book.editable, rx.el.div(_adding(), class_name="qadd"), rx.fragment()),
        class_name="pagebody",
    )
    gone = empty("This price book is not here", "It was deleted.", link("Price books", addresses.PRICE_BOOKS))
    return rx.cond(PriceBookRecord.missing, gone, rx.cond(book, shown, skeleton_rows(6, "34px")))
