"""Who would change and why, before anything does."""

from typing import Any

import reflex as rx

from crm_app.territories.plan import PAGE, PlannedRow, Share
from crm_app.territories.state import TerritoryPreview
from crm_app.ui.elements import button, grouped, meter, page_link, skeleton_rows

MODES = [
    ("unowned", "Give owners to companies without one"),
    ("all", "Give every company to its territory's owners"),
    ("none", "Only set the territory, leave owners alone"),
]


def _changed(before: rx.Var[str], after: rx.Var[str]) -> rx.Component:
    arrow = rx.fragment(rx.el.span(before, class_name="mut"), " → ", rx.el.b(after, class_name="strong"))
    return rx.cond(before == after, rx.el.span(after), arrow)


def _row(row: rx.vars.ObjectVar[PlannedRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(page_link(row.name, href="/companies/" + row.id.to(str), class_name="strong"), class_name="deal"),
        rx.el.td(_changed(row.territory, row.new_territory), class_name="who"),
        rx.el.td(_changed(row.owner, row.new_owner), class_name="fday"),
        rx.el.td(row.why, class_name="cat mut"),
        key=row.id,
    )


def _share(row: rx.vars.ObjectVar[Share]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, scope="row"),
        rx.el.td(grouped(row.now), class_name="num"),
        rx.el.td(grouped(row.then), class_name="num"),
        rx.el.td(grouped(row.owners), class_name="num"),
        key=row.name,
    )


def _list() -> rx.Component:
    shown: Any = TerritoryPreview.shown
    names = ["Company", "Territory", "Owner", "Why"]
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col") for name in names])),
            rx.el.tbody(rx.foreach(shown.rows, _row)),
        ),
        class_name="tbl cards fdeals planned",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Companies that would change"},
    )
    last = TerritoryPreview.start + shown.rows.length()
    pages = rx.el.div(
        rx.el.span(
            grouped(TerritoryPreview.start + 1), " to ", grouped(last), " of ", grouped(shown.changed), class_name="mut"
        ),
        button("Before", kind="quiet", disabled=TerritoryPreview.start == 0, on_click=TerritoryPreview.turn(-1)),
        button("Next", kind="quiet", disabled=last >= shown.changed, on_click=TerritoryPreview.turn(1)),
        class_name="row",
    )
    return rx.fragment(table, rx.cond(shown.changed > PAGE, pages, rx.fragment()))


def _found() -> rx.Component:
    shown: Any = TerritoryPreview.shown
    heads = [rx.el.th(n, scope="col", class_name="num") for n in ("Companies now", "Then", "New owners")]
    shares = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.th("Territory", scope="col"), *heads)),
            rx.el.tbody(rx.foreach(shown.shares, _share)),
            class_name="small",
        ),
        class_name="plaintbl",
    )
    words = rx.el.p(
        rx.el.b(grouped(shown.changed), " of ", grouped(shown.total), " companies would change"),
        ", ",
        grouped(shown.new_owners),
        " of them get another owner. ",
        grouped(shown.unmatched),
        " belong to no territory.",
        class_name="note",
        role="status",
    )
    running = meter(TerritoryPreview.percent, "Applying the territories")
    go = rx.cond(
        TerritoryPreview.percent >= 0,
        running,
        rx.el.div(
            button("Apply", kind="pri", disabled=shown.changed == 0, on_click=TerritoryPreview.apply),
            button("Not now", kind="quiet", on_click=TerritoryPreview.clear),
            class_name="row",
        ),
    )
    return rx.el.div(words, shares, rx.cond(shown.changed > 0, _list(), rx.fragment()), go, class_name="stack far pad")


def preview_section() -> rx.Component:
    """First the choice of what happens to owners, then the preview, then the press that applies it."""
    options = [
        rx.el.button(
            label,
            type="button",
            class_name=rx.cond(TerritoryPreview.mode == key, "on", ""),
            custom_attrs={"aria-pressed": TerritoryPreview.mode == key},
            on_click=TerritoryPreview.choose(key),
        )
        for key, label in MODES
    ]
    start = rx.el.div(
        rx.el.p(
            "See first which companies would change and why. Nothing is written until you apply it.", class_name="note"
        ),
        rx.el.div(*options, class_name="choices", role="group", custom_attrs={"aria-label": "What happens to owners"}),
        class_name="pad stack",
    )
    return rx.el.section(
        rx.el.header(rx.el.h3("Apply to all companies")),
        start,
        rx.cond(
            TerritoryPreview.busy,
            rx.el.div(skeleton_rows(4, "34px"), class_name="pad"),
            rx.cond(TerritoryPreview.shown, _found(), rx.fragment()),
        ),
        class_name="box",
    )
