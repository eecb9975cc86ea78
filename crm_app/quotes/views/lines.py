"""The lines of a quote: a table on a wide screen, a card for each on a phone; below them what they come to."""

import reflex as rx

from crm_app.quotes.queries.rows import LineRow, TotalRow
from crm_app.quotes.state import QuoteParts, QuoteRecord
from crm_app.records.state import RefSearch
from crm_app.ui.elements import button, tag
from crm_app.ui.icons import icon
from crm_app.ui.inputs import lookup
from crm_app.ui.overlay import menu, menu_item

from .edit import edit, labelled

COLUMNS = ("Item", "Quantity", "Unit", "Price", "Discount", "Tax", "Amount")


def _head() -> rx.Component:
    cells = [rx.el.span(name, class_name="num" if name == "Amount" else "") for name in COLUMNS]
    return rx.el.div(*cells, rx.el.span(), class_name="qhead", custom_attrs={"aria-hidden": "true"})


def _menu(line: rx.vars.ObjectVar[LineRow]) -> rx.Component:
    place = line.place.to(int)
    before, after = (place - 1).to(int), (place + 1).to(int)
    return menu(
        "Actions of the line " + line.name.value.to(str),
        icon("more"),
        rx.cond(place > 0, menu_item("Move up", "up", on_click=QuoteParts.move(line.id, before)), rx.fragment()),
        rx.cond(
            place < QuoteRecord.quote.lines.length() - 1,
            menu_item("Move down", "down", on_click=QuoteParts.move(line.id, after)),
            rx.fragment(),
        ),
        rx.cond(
            line.optional,
            menu_item("Make it part of the offer", "check", on_click=QuoteParts.make_optional(line.id, False)),
            menu_item("Make it optional", "check", on_click=QuoteParts.make_optional(line.id, True)),
        ),
        menu_item("Remove line", "trash", on_click=QuoteParts.remove(line.id)),
        class_name="btn quiet icononly",
    )


def _line(line: rx.vars.ObjectVar[LineRow]) -> rx.Component:
    return rx.fragment(
        rx.cond(line.head, rx.el.li(edit(line.head, bare=True), class_name="qsect"), rx.fragment()),
        rx.el.li(
            rx.el.div(
                edit(line.name, bare=True),
                rx.cond(
                    line.description.editable | (line.description.value != ""),
                    rx.el.div(edit(line.description, bare=True), class_name="qdesc"),
                    rx.fragment(),
                ),
                rx.cond(
                    line.optional,
                    tag(rx.cond(line.counts, "Optional, chosen", "Optional, not in the total"), "a"),
                    rx.fragment(),
                ),
                rx.cond(line.warning != "", rx.el.p(line.warning, class_name="err", role="alert"), rx.fragment()),
                class_name="qc qitem",
            ),
            labelled(line.quantity, "num"),
            labelled(line.unit, ""),
            labelled(line.price, "num"),
            labelled(line.discount, "num"),
            labelled(line.tax, "num"),
            rx.el.div(
                rx.el.span("Amount", class_name="qlab"),
                rx.el.b(line.amount, class_name=rx.cond(line.counts, "", "mut")),
                class_name="qc num qamount",
            ),
            rx.cond(QuoteRecord.quote.editable, rx.el.div(_menu(line), class_name="qmenu"), rx.el.div()),
            class_name="qline",
        ),
        key=line.id,
    )


def _adding() -> rx.Component:
    return rx.el.div(
        rx.cond(
            QuoteParts.adding,
            lookup(
                label="Product",
                kind="product",
                placeholder="Name of the product",
                auto_focus=True,
                found=RefSearch.found,
                on_search=RefSearch.look_up,
                on_pick=QuoteParts.add_product,
                on_cancel=QuoteParts.stop,
            ),
            rx.fragment(
                button("Add a product", kind="quiet", picture="products", on_click=QuoteParts.start),
                button("Add a line", kind="quiet", picture="plus", on_click=QuoteParts.add_text_line),
                button("Add a section", kind="quiet", picture="plus", on_click=QuoteParts.add_section),
            ),
        ),
        class_name="qadd",
    )


def _total(row: rx.vars.ObjectVar[TotalRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(row.edits.length() == 0, rx.el.span(row.label), rx.fragment()),
            rx.foreach(row.edits, lambda p: edit(p, key=p.field)),
            class_name="qwhat",
        ),
        rx.el.b(row.amount),
        class_name=rx.cond(row.strong, "qsum strong", "qsum"),
        key=row.label,
    )


def lines_section() -> rx.Component:
    """Everything that is offered, and the totals as the server computed them."""
    quote = QuoteRecord.quote
    return rx.el.section(
        rx.cond(
            quote.lines.length() > 0,
            rx.fragment(_head(), rx.el.ul(rx.foreach(quote.lines, _line), class_name="qlines")),
            rx.el.p("Nothing is offered yet. Add a product, or a line of your own.", class_name="mut qnone"),
        ),
        rx.cond(quote.editable, _adding(), rx.fragment()),
        rx.el.div(
            rx.foreach(quote.totals, _total),
            class_name="qsums",
            role="group",
            custom_attrs={"aria-label": "Totals", "aria-live": "polite"},
        ),
        class_name="qdoc",
        custom_attrs={"aria-label": "Lines"},
    )
