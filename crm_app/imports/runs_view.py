"""The list of past imports: what came of each, and going on with it or taking it back."""

from typing import Any

import reflex as rx

from crm_app.imports.history_state import PastImports
from crm_app.imports.rows import RunRow
from crm_app.imports.work_state import ImportWork
from crm_app.ui.elements import tag
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item

STATUS = (
    ("done", "g", "Done"),
    ("running", "a", "Running"),
    ("cancelled", "y", "Cancelled"),
    ("broken off", "r", "Broken off"),
    ("failed", "r", "Failed"),
    ("refused", "r", "Refused"),
    ("undoing", "y", "Partly undone"),
    ("undone", "", "Undone"),
)


def _status(status: rx.Var[str]) -> Any:
    return rx.match(status, *[(key, tag(label, tone)) for key, tone, label in STATUS], rx.el.span(status))


def _when(condition: Any, item: rx.Component) -> Any:
    return rx.cond(condition, item, rx.fragment())


def _actions(row: rx.vars.ObjectVar[RunRow]) -> rx.Component:
    return menu(
        "Actions for " + row.file_name.to(str),
        icon("more"),
        menu_item("Show the report", "file", on_click=ImportWork.show_run(row.id)),
        _when(
            row.refused.to(int) > 0,
            menu_item("Download refused rows", "file", on_click=PastImports.download_refused(row.id)),
        ),
        _when(row.can_resume, menu_item("Resume", "import", on_click=ImportWork.resume_run(row.id))),
        _when(row.can_undo, menu_item("Undo this import", "undo", on_click=PastImports.ask_undo(row.id))),
        class_name="btn quiet icononly",
    )


def _run(row: rx.vars.ObjectVar[RunRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.file_name), rx.el.div(row.kind, " · ", row.who, class_name="mut")),
        rx.el.td(row.day, class_name="mut day"),
        rx.el.td(_status(row.status), class_name="status"),
        rx.el.td(row.counts, class_name="rows"),
        rx.el.td(_actions(row), class_name="end"),
        key=row.id,
    )


def past_runs() -> rx.Component:
    """Past imports, newest first; nothing where there are none."""
    names = ("File", "When", "Status", "Rows", "")
    table = rx.el.section(
        rx.el.h2("Past imports", class_name="strong"),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(*[rx.el.th(n or rx.el.span("Actions", class_name="sr"), scope="col") for n in names])
                ),
                rx.el.tbody(rx.foreach(PastImports.rows, _run)),
            ),
            class_name="tbl cards runs",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "Past imports"},
        ),
        class_name="stack far",
    )
    return rx.fragment(rx.cond(PastImports.rows.length() > 0, table, rx.fragment()), _ask())


def _ask() -> rx.Component:
    return dialog(
        rx.el.p("Everything that this import added or changed is taken back. What was changed since stays as it is."),
        open=PastImports.asked > 0,
        title="Undo this import?",
        submit="Undo it",
        on_submit=ImportWork.undo_asked,
        on_close=PastImports.ask_undo(0),
    )
