"""A document on the screen: who gets it, its lines, its sums; and the boxes beside it."""

from typing import Any

import reflex as rx

from crm_app.billing.queries.rows import DocLine, DocLink, DocRow, DocSum
from crm_app.ui.elements import page_link, skeleton, skeleton_rows, tag
from crm_app.ui.field import field


def _fact(fact: rx.vars.ObjectVar[DocSum]) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.amount), key=fact.label)


def _link(link: rx.vars.ObjectVar[DocLink]) -> rx.Component:
    entry = page_link(link.name, href=link.href, class_name="link")
    return rx.el.div(rx.el.dt(link.label), rx.el.dd(entry), key=link.href)


def _line(line: rx.vars.ObjectVar[DocLine]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            line.section != "",
            rx.el.tr(rx.el.th(line.section, col_span=6, scope="colgroup"), class_name="docsection"),
            rx.fragment(),
        ),
        rx.el.tr(
            rx.el.td(
                rx.el.b(line.name),
                rx.cond(line.description != "", rx.el.p(line.description, class_name="mut"), rx.fragment()),
                rx.cond(line.left != "", rx.el.p(line.left, class_name="mut"), rx.fragment()),
            ),
            rx.el.td(line.quantity, class_name="num", custom_attrs={"data-label": "Quantity"}),
            rx.el.td(line.price, class_name="num", custom_attrs={"data-label": "Price"}),
            rx.el.td(line.discount, class_name="num", custom_attrs={"data-label": "Discount"}),
            rx.el.td(line.tax, class_name="num", custom_attrs={"data-label": "Tax"}),
            rx.el.td(line.amount, class_name="num", custom_attrs={"data-label": "Amount"}),
        ),
        key=line.id,
    )


def _sum(row: rx.vars.ObjectVar[DocSum]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row.label), rx.el.dd(row.amount), class_name=rx.cond(row.strong, "strong", ""), key=row.label
    )


def sums(rows: Any) -> rx.Component:
    """Label and amount, the last one strong."""
    return rx.el.dl(rx.foreach(rows, _sum), class_name="docsums")


def sheet(page: Any, title: Any) -> rx.Component:
    """The document itself."""
    heads = ("Description", "Quantity", "Price", "Discount", "Tax", "Amount")
    columns = [rx.el.th(name, class_name="" if n == 0 else "num", scope="col") for n, name in enumerate(heads)]
    return rx.el.article(
        rx.el.header(
            rx.el.div(
                rx.el.h2(title),
                rx.el.address(
                    rx.el.b(page.customer), rx.foreach(page.address, lambda text, n: rx.el.span(text, key=n))
                ),
            ),
            rx.el.dl(rx.foreach(page.facts, _fact), rx.foreach(page.links, _link), class_name="docfacts"),
        ),
        rx.el.table(rx.el.thead(rx.el.tr(*columns)), rx.el.tbody(rx.foreach(page.lines, _line)), class_name="doclines"),
        sums(page.sums),
        *[
            rx.cond(text != "", rx.el.section(rx.el.h3(name), rx.el.p(text)), rx.fragment())
            for name, text in (("Terms", page.terms), ("Notes", page.notes))
        ],
        class_name="docsheet",
    )


def doc_rows(rows: Any, empty: str) -> rx.Component:
    """Documents in lines, each a link."""

    def one(row: rx.vars.ObjectVar[DocRow]) -> rx.Component:
        return rx.el.li(
            page_link(
                rx.el.span(rx.el.b(row.title), rx.el.span(row.note, class_name="mut")),
                rx.el.span(rx.el.span(row.amount, class_name="num"), tag(row.state, row.tone)),
                href=row.href,
            ),
            key=row.id,
        )

    return rx.cond(
        rows.length() > 0,
        rx.el.ul(rx.foreach(rows, one), class_name="docrows"),
        rx.el.p(empty, class_name="mut"),
    )


def box(title: str, *inner: rx.Component) -> rx.Component:
    """A group beside the document."""
    return rx.el.section(rx.el.h3(title, class_name="sect"), *inner, custom_attrs={"aria-label": title})


def paper_link(page: Any) -> rx.Component:
    """The frozen PDF: looked at in the browser."""
    return rx.cond(
        page.paper != "",
        rx.el.a("Open PDF", href=page.paper + "/preview", target="_blank", rel="noopener", class_name="btn"),
        rx.fragment(),
    )


def typed(label: str, name: str, wrong: Any, value: Any = "", help_text: str = "", **props: Any) -> rx.Component:
    """A field of a dialog with what is wrong beneath it; `rows` makes it a text of several lines."""
    make = rx.el.textarea if "rows" in props else rx.el.input
    error = wrong.get(name, "")
    control = make(
        name=name,
        default_value=value,
        class_name="in",
        auto_complete="off",
        custom_attrs={"aria-invalid": error != ""},
        **props,
    )
    return field(label, control, error, help_text)


def problem(text: Any) -> rx.Component:
    """What stands in the way of the whole dialog."""
    return rx.cond(text != "", rx.el.p(text, class_name="err", role="alert"), rx.fragment())


def loading() -> rx.Component:
    """Blocks of the final size."""
    return rx.el.div(
        rx.el.div(skeleton("40%", "26px"), skeleton_rows(6, "34px"), class_name="docsheet"),
        rx.el.aside(skeleton_rows(4, "48px"), class_name="docside"),
        class_name="docpage",
    )
