"""The report of an import: counts, guesses to check, refused rows."""

import reflex as rx

from crm_app.imports.rows import AlikeLine, ErrorRow, GuessRow
from crm_app.imports.work_state import ImportWork
from crm_app.ui.elements import banner, button, link


def _figure(value: rx.Var[int], label: str) -> rx.Component:
    return rx.el.div(rx.el.b(value.to(int)), rx.el.span(label))


def _error(row: rx.vars.ObjectVar[ErrorRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.row_no, class_name="num", custom_attrs={"data-head": "Row"}),
        rx.el.td(row.reason),
        rx.el.td(row.raw, class_name="mut"),
        key=row.row_no,
    )


def _guess(row: rx.vars.ObjectVar[GuessRow]) -> rx.Component:
    return rx.el.li(
        row.field,
        ": ",
        rx.el.b(row.given),
        " was taken for ",
        rx.el.b(row.taken),
        " in ",
        row.rows,
        rx.cond(row.rows == 1, " row", " rows"),
        key=row.given,
    )


def _likeness(row: rx.vars.ObjectVar[AlikeLine]) -> rx.Component:
    return rx.el.li(
        rx.el.b(row.name), " looks like ", rx.el.b(row.other), rx.el.span(" · " + row.reasons.to(str), class_name="mut")
    )


def _alike() -> rx.Component:
    """Some of those that look like somebody who is there, and the way to all of them."""
    return rx.el.div(
        rx.el.h3("May be here already", class_name="strong"),
        rx.el.ul(rx.foreach(ImportWork.alike, _likeness)),
        rx.cond(
            ImportWork.alike_href != "",
            link("Look through the duplicates of this import", ImportWork.alike_href, picture="copy"),
            rx.fragment(),
        ),
        class_name="stack",
    )


def _refused() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3("Refused rows", class_name="strong"),
            rx.cond(
                ImportWork.what == "try",
                rx.fragment(),
                button("Download them as CSV", picture="file", on_click=ImportWork.download_refused),
            ),
            class_name="row",
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(rx.el.tr(*[rx.el.th(n, scope="col") for n in ("Row", "Reason", "As it stood")])),
                rx.el.tbody(rx.foreach(ImportWork.errors, _error)),
            ),
            class_name="tbl stacked reasoned",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "Refused rows"},
        ),
        class_name="stack far",
    )


def _undone() -> rx.Component:
    return rx.cond(
        ImportWork.report.refused.to(int) > 0,
        banner("Undone, but some things had to stay.", "y", "alert"),
        banner("Undone. Everything is as it was before the import.", "g", "check"),
    )


def _outcome() -> rx.Component:
    report = ImportWork.report
    return rx.cond(
        report.failed != "",
        banner(report.failed, "r", "alert"),
        rx.cond(
            ImportWork.what == "try",
            banner("This was a try. Nothing has been saved."),
            rx.cond(
                ImportWork.what == "undo",
                _undone(),
                rx.cond(
                    report.refused.to(int) > 0,
                    banner("Done, but some rows were refused.", "y", "alert"),
                    banner("Done. Everything in the file is here.", "g", "check"),
                ),
            ),
        ),
    )


def report_view() -> rx.Component:
    """The last step of the page."""
    report = ImportWork.report
    return rx.el.section(
        _outcome(),
        rx.cond(
            ImportWork.what == "undo",
            rx.el.div(_figure(report.total, "changes"), _figure(report.refused, "kept"), class_name="kv"),
            rx.el.div(
                _figure(report.total, "rows"),
                _figure(report.created, "created"),
                _figure(report.updated, "updated"),
                _figure(report.unchanged, "unchanged"),
                _figure(report.refused, "refused"),
                class_name="kv",
            ),
        ),
        rx.foreach(ImportWork.remarks, lambda text: rx.el.p(text, class_name="note")),
        rx.cond(
            ImportWork.guesses.length() > 0,
            rx.el.div(
                rx.el.h3("Guesses to check", class_name="strong"),
                rx.el.ul(rx.foreach(ImportWork.guesses, _guess)),
                class_name="stack",
            ),
            rx.fragment(),
        ),
        rx.cond(ImportWork.alike.length() > 0, _alike(), rx.fragment()),
        rx.cond(ImportWork.errors.length() > 0, _refused(), rx.fragment()),
        rx.el.div(
            rx.cond(
                ImportWork.what == "try", button("Import now", kind="pri", on_click=ImportWork.start), rx.fragment()
            ),
            button("Another file", on_click=ImportWork.restart),
            rx.cond(ImportWork.shown.path != "", link(ImportWork.shown.label, ImportWork.shown.path), rx.fragment()),
            class_name="row wrap",
        ),
        class_name="stack far",
    )
