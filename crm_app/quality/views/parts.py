"""Pieces of the page of quality: a figure that opens its records, tables that become cards on a phone, the trend."""

from typing import Any

import reflex as rx

from crm_app.quality.rows import Figure, Point, RuleRow, Tile
from crm_app.ui.elements import meter, page_link, tag


def figure(one: rx.vars.ObjectVar[Figure], label: Any) -> rx.Component:
    """The number, as a link where it opens something; what it is a part of stands behind it."""
    opened = page_link(
        one.value, href=one.href, class_name="figure", custom_attrs={"aria-label": label + ": " + one.value.to(str)}
    )
    return rx.fragment(
        rx.cond(one.href != "", opened, rx.el.span(one.value, class_name="mut")),
        rx.cond(one.note != "", rx.el.span(" ", one.note, class_name="mut of"), rx.fragment()),
    )


def cell(one: rx.vars.ObjectVar[Figure]) -> rx.Component:
    """The figure in a table."""
    return rx.el.td(figure(one, one.label), class_name="num", custom_attrs={"data-label": one.label}, key=one.label)


def tile(one: rx.vars.ObjectVar[Tile]) -> rx.Component:
    """One C; a press goes to where it is taken apart."""
    inner = rx.fragment(
        rx.el.span(one.label, class_name="lab"),
        rx.el.b(one.value, class_name="tone-" + one.tone.to(str)),
        meter(one.percent, one.label),
        rx.el.span(one.note, class_name="mut"),
    )
    return rx.el.a(
        inner, href="#" + one.key.to(str), class_name="tile", custom_attrs={"data-tile": one.key}, key=one.key
    )


def bars(points: Any) -> rx.Component:
    """One bar a week, and the present."""

    def bar(one: rx.vars.ObjectVar[Point]) -> rx.Component:
        part = rx.el.i(class_name="seg-commit", style={"height": one.percent.to(str) + "%"})
        return rx.el.div(
            rx.el.span(one.value, class_name="top-value"),
            rx.el.span(part, class_name="stackbar"),
            rx.el.span(one.name, class_name="name"),
            class_name=rx.cond(one.name == "Now", "onebar on", "onebar"),
            role="img",
            title=one.words,
            custom_attrs={"aria-label": one.words},
            key=one.name,
        )

    return rx.el.div(rx.foreach(points, bar), class_name="fbars qbars")


def _rule(row: rx.vars.ObjectVar[RuleRow]) -> rx.Component:
    count = page_link(
        row.count,
        href=row.href,
        class_name="figure",
        custom_attrs={"aria-label": row.name.to(str) + ": " + row.count.to(str)},
    )
    fix = page_link(
        "Fix", href=row.fix, class_name="btn quiet", custom_attrs={"aria-label": "Fix: " + row.name.to(str)}
    )
    return rx.el.tr(
        rx.el.th(rx.el.div(row.name), rx.el.div(row.kind, class_name="mut"), scope="row"),
        rx.el.td(
            rx.cond(row.href != "", count, rx.el.span("0", class_name="mut")),
            class_name="num",
            custom_attrs={"data-label": "To fix"},
        ),
        rx.el.td(tag(row.share, row.tone), class_name="num", custom_attrs={"data-label": "Right"}),
        rx.el.td(row.weight, class_name="num mut", custom_attrs={"data-label": "Weight"}),
        rx.el.td(rx.cond(row.fix != "", fix, rx.fragment()), class_name="num", custom_attrs={"data-label": ""}),
        key=row.key,
    )


def rules_table(rows: Any, label: str) -> rx.Component:
    """Rules with what they found."""
    heads = [("Rule", ""), ("To fix", "num"), ("Right", "num"), ("Weight", "num"), ("", "num")]
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col", class_name=look) for name, look in heads])),
            rx.el.tbody(rx.foreach(rows, _rule)),
        ),
        class_name="tbl cards qtable",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": label},
    )


def fact(one: rx.vars.ObjectVar[Figure]) -> rx.Component:
    """A line: what it is, its figure, what more there is to say."""
    shown = rx.cond(one.href != "", page_link(one.value, href=one.href, class_name="figure"), rx.el.span(one.value))
    return rx.el.li(
        rx.el.span(one.label, class_name="grow strong"),
        rx.el.span(one.note, class_name="mut"),
        rx.el.span(shown, class_name="num amount tone-" + one.tone.to(str)),
        key=one.label,
    )


def section(key: str, title: str, words: Any, *body: rx.Component) -> rx.Component:
    """A part of the page that a tile leads to."""
    return rx.el.section(
        rx.el.header(rx.el.h3(title), rx.el.span(words, class_name="mut")), *body, class_name="box qpart", id=key
    )
