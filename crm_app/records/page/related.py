"""What is related to a record: panels of rows, each with its reasons, the finer ones behind a fold."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.records.page.rows import Panel, Related, Told
from crm_app.records.page.state import RecordScreen
from crm_app.ui.elements import page_link
from crm_app.ui.icons import icon
from crm_app.ui.inputs import breaks


def _told(reasons: Any) -> rx.Component:
    def one(reason: rx.vars.ObjectVar[Told]) -> rx.Component:
        return rx.el.li(rx.el.span(reason.figure, class_name="num"), rx.el.span(reason.text, class_name="mut"))

    return rx.el.ul(rx.foreach(reasons, one), class_name="told")


def _folded(row: rx.vars.ObjectVar[Related]) -> rx.Component:
    return rx.el.details(rx.el.summary(row.fold, class_name="row"), _told(row.folded), class_name="fold more")


def _related(row: rx.vars.ObjectVar[Related], panel: rx.vars.ObjectVar[Panel]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(
                row.here | (row.href == ""),
                rx.el.b(row.title, class_name="strong"),
                page_link(row.title, href=row.href, class_name="strong"),
            ),
            rx.cond(row.aside != "", rx.el.span(row.aside, title=row.aside), rx.fragment()),
        ),
        rx.cond(row.told.length() > 0, _told(row.told), rx.fragment()),
        rx.foreach(row.lines, lambda text: rx.el.div(breaks(text=text), class_name="mut")),
        rx.cond(row.fold != "", _folded(row), rx.fragment()),
        rx.cond(
            row.part != 0,
            rx.el.button(
                "Remove",
                type="button",
                class_name="undo",
                on_click=RecordScreen.remove_part(panel.name, row.part),
                custom_attrs={"aria-label": "Remove: " + row.title.to(str)},
            ),
            rx.fragment(),
        ),
        class_name="item2 level" + row.level.to(str) + rx.cond(row.here, " here", "").to(str),
        key=row.id,
    )


def related_panel(panel: rx.vars.ObjectVar[Panel], starts: dict[str, Callable[..., Any]]) -> rx.Component:
    """One panel; `starts` says by name what begins when something is added to it."""
    cases = [(name, _add(panel, start(panel))) for name, start in starts.items()]
    return rx.el.section(
        rx.el.h3(panel.label, rx.el.span(panel.note), class_name="sect"),
        rx.cond(
            panel.rows.length() > 0,
            rx.el.ul(rx.foreach(panel.rows, lambda row: _related(row, panel))),
            rx.el.p(panel.empty, class_name="mut"),
        ),
        rx.match(panel.adds, *cases, rx.fragment()),
        key=panel.name,
        custom_attrs={"aria-label": panel.label},
    )


def _add(panel: rx.vars.ObjectVar[Panel], event: Any) -> rx.Component:
    return rx.el.button(icon("plus"), panel.action, type="button", class_name="btn quiet addone", on_click=event)
