"""The grid of targets."""

from typing import Any

import reflex as rx

from crm_app.forecast.queries.grid import Cell, GridColumn, GridRow
from crm_app.forecast.rows import KIND_NAMES
from crm_app.forecast.state import TargetGrid
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, empty, link, page_link, skeleton_rows
from crm_app.ui.icons import icon
from crm_app.ui.inputs import inline_edit, url_segments


def _cell(cell: rx.vars.ObjectVar[Cell]) -> rx.Component:
    return rx.el.td(
        inline_edit(
            property=cell.property, version=cell.version, answer=TargetGrid.answer, bare=True, on_save=TargetGrid.save
        ),
        key=cell.field,
    )


def _row(row: rx.vars.ObjectVar[GridRow]) -> rx.Component:
    face = rx.cond(row.is_team, icon("teams"), avatar(row.initials, row.color, row.name))
    return rx.el.tr(
        rx.el.th(
            rx.el.div(face, rx.el.span(row.name, class_name="clip"), class_name="row"), scope="row", title=row.name
        ),
        rx.foreach(row.cells, _cell),
        rx.el.td(row.total, class_name="num strong nowrap"),
        class_name=rx.cond(row.is_team, "team", ""),
        key=row.key,
    )


def _column(column: rx.vars.ObjectVar[GridColumn]) -> rx.Component:
    copy = rx.el.button(
        icon("copy"),
        type="button",
        class_name="copy",
        title="Copy the period before",
        on_click=TargetGrid.copy(column.start),
        custom_attrs={"aria-label": "Copy the period before into " + column.name.to(str)},
    )
    return rx.el.th(
        rx.el.span(column.name, rx.cond(column.copies, copy, rx.fragment()), class_name="colname"),
        scope="col",
        key=column.start,
    )


def _table() -> rx.Component:
    grid: Any = TargetGrid.grid
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Who", scope="col"),
                    rx.foreach(grid.columns, _column),
                    rx.el.th("Year", scope="col", class_name="num"),
                )
            ),
            rx.el.tbody(rx.foreach(grid.rows, _row)),
            rx.el.tfoot(
                rx.el.tr(
                    rx.el.th("All people", scope="row"),
                    rx.foreach(grid.columns, lambda c: rx.el.td(c.total, class_name="sumcell", key=c.start)),
                    rx.el.td(grid.total, class_name="num strong nowrap"),
                )
            ),
        ),
        class_name="tbl targets",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Targets"},
    )


def targets_screen() -> rx.Component:
    """Everything below the top bar."""
    grid: Any = TargetGrid.grid

    def step(by: int, label: str, picture: str) -> rx.Component:
        href = f"{addresses.TARGETS}?kind=" + grid.kind + "&year=" + (grid.year.to(int) + by).to(str)
        return page_link(icon(picture), href=href, class_name="btn quiet icononly", custom_attrs={"aria-label": label})

    options = rx.Var.create([{"id": key, "name": label} for key, label in KIND_NAMES])
    bar = rx.el.div(
        url_segments(param="kind", label="Period", options=options, current=grid.kind),
        rx.el.span(
            step(-1, "Year before", "left"),
            rx.el.b(rx.cond(TargetGrid.loaded, grid.year.to(str), ""), class_name="period"),
            step(1, "Year after", "right"),
            class_name="row stepper",
        ),
        rx.el.span(link("Forecast", addresses.FORECAST, kind="quiet"), class_name="end"),
        class_name="bar",
    )
    nobody = empty(
        "Nobody to set targets for", "Administrators and managers set targets for people who sell.", picture="users"
    )
    hint = rx.cond(
        grid.editable,
        "Press an amount to change it; an empty one takes the target away. "
        "A team without its own target has the sum of its people.",
        "Your targets are set by your manager.",
    )
    body = rx.fragment(rx.el.p(hint, class_name="note"), rx.cond(grid.rows.length() > 0, _table(), nobody))
    shown = rx.cond(TargetGrid.loaded, body, skeleton_rows(8, "36px"))
    return rx.el.div(
        bar, rx.el.div(rx.el.div(shown, class_name="wide whole"), class_name="page"), class_name="forecast"
    )
