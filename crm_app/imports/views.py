"""The import page in four steps: file, columns, run, report."""

import reflex as rx

from crm_app.imports.columns import ASK, CUSTOM, SKIP
from crm_app.imports.report_view import report_view
from crm_app.imports.rows import ColumnRow
from crm_app.imports.runs_view import past_runs
from crm_app.imports.state import ImportPage
from crm_app.imports.work_state import ImportWork
from crm_app.ui.elements import banner, button, head, meter
from crm_app.ui.field import choice
from crm_app.ui.icons import icon
from crm_app.ui.upload import drop_zone

STEPS = (("file", "File"), ("columns", "Columns"), ("running", "Import"), ("done", "Report"))
ORDER = [key for key, _ in STEPS]


def _steps() -> rx.Component:
    def entry(number: int, key: str, label: str) -> rx.Component:
        later = ORDER[number:]
        past = rx.match(ImportPage.step, *[(k, "done") for k in later], "") if later else ""
        return rx.el.li(
            rx.el.i(number),
            label,
            class_name=rx.cond(ImportPage.step == key, "on", past),
            custom_attrs={"aria-current": rx.cond(ImportPage.step == key, "step", "false")},
        )

    return rx.el.ol(*[entry(n, key, label) for n, (key, label) in enumerate(STEPS, 1)], class_name="steps")


def _kinds() -> rx.Component:
    return rx.el.div(
        rx.foreach(
            ImportPage.kinds,
            lambda kind: rx.el.button(
                kind.name,
                type="button",
                class_name=rx.cond(ImportPage.kind == kind.id, "on", ""),
                custom_attrs={"aria-pressed": ImportPage.kind == kind.id},
                on_click=ImportPage.choose_kind(kind.id),
                key=kind.id,
            ),
        ),
        class_name="seg",
        role="group",
        custom_attrs={"aria-label": "What the file holds"},
    )


def _file() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.span("What does the file hold?", class_name="lab"), _kinds(), class_name="stack"),
        drop_zone(
            "CSV file",
            rx.el.div(
                icon("import", "huge"),
                rx.el.b(rx.cond(ImportPage.receiving, "Reading the file…", "Drop a CSV file here, or choose one")),
                rx.el.span("The first row names the columns. Nothing is saved before you have seen them."),
                class_name="drop",
            ),
            id="import-file",
            accept={"text/csv": [".csv", ".tsv", ".txt"]},
            max_files=1,
            multiple=False,
            on_drop=ImportPage.receive(rx.upload_files(upload_id="import-file")),
        ),
        rx.el.p(
            "Users first, then companies and products, people, and deals last: deals name all the others.",
            class_name="mut",
        ),
        class_name="stack far",
    )


def _column(row: rx.vars.ObjectVar[ColumnRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.span(row.header, class_name="strong"),
            rx.cond(row.is_guess, rx.el.span(" guessed", class_name="mut"), rx.fragment()),
        ),
        rx.el.td(rx.el.span(row.samples, class_name="mut")),
        rx.el.td(
            rx.el.select(
                rx.cond(row.field == ASK, rx.el.option("Choose…", value=ASK), rx.fragment()),
                rx.el.option("Skip this column", value=""),
                rx.el.option("Keep as a custom field", value="custom"),
                rx.foreach(ImportPage.targets, lambda t: rx.el.option(t.name, value=t.id, key=t.id)),
                value=row.field,
                on_change=lambda value: ImportPage.map_column(row.index, value),
                class_name="in small",
                custom_attrs={"aria-label": "Field for " + row.header.to(str)},
            )
        ),
        key=row.index,
    )


def _rest() -> rx.Component:
    """Of many columns that nobody knows, most are of no use: one press decides of those that are left."""
    return rx.el.div(
        button("Skip all that are left", on_click=ImportPage.map_rest(SKIP)),
        button("Keep all that are left as new fields", on_click=ImportPage.map_rest(CUSTOM)),
        class_name="row wrap",
    )


def _columns() -> rx.Component:
    names = ["Column", "Examples", "Becomes"]
    return rx.el.section(
        rx.el.p(
            rx.el.b(ImportPage.file_name),
            " · ",
            ImportPage.rows,
            " rows of ",
            ImportPage.kind,
            " · ",
            ImportPage.encoding,
            class_name="note",
        ),
        rx.foreach(ImportPage.notes, lambda text: banner(text)),
        rx.foreach(ImportPage.problems, lambda text: banner(text, "r", "alert")),
        rx.cond(ImportPage.asks, _rest(), rx.fragment()),
        rx.el.div(
            rx.el.table(
                rx.el.thead(rx.el.tr(*[rx.el.th(n, scope="col") for n in names])),
                rx.el.tbody(rx.foreach(ImportPage.columns, _column)),
            ),
            class_name="tbl stacked",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "Columns"},
        ),
        rx.cond(ImportPage.absent.count.to(int) > 0, _absent(), rx.fragment()),
        _how(),
        class_name="stack far",
    )


def _absent() -> rx.Component:
    """Companies that the file names and that are not here: made on the way, where the user may."""
    said = rx.cond(ImportPage.creates & ImportPage.absent.may, ImportPage.absent.made, ImportPage.absent.left)
    check = rx.el.label(
        rx.el.input(
            type="checkbox", checked=ImportPage.creates, on_change=lambda on: ImportPage.choose_creates(on.to(bool))
        ),
        rx.el.span("Create companies that are missing"),
        class_name="checkline",
    )
    return rx.el.div(
        rx.cond(ImportPage.absent.may, check, rx.fragment()),
        rx.el.p(said, class_name="note", role="status"),
        class_name="stack",
    )


def _how() -> rx.Component:
    """What becomes of rows that are here already, for certain or likely; and on."""
    likely = rx.el.label(
        rx.el.span("Rows that look like one that is here", class_name="lab"),
        choice("likely", ImportPage.ways, ImportPage.likely, on_change=ImportPage.choose_likely),
        class_name="field",
    )
    return rx.el.div(
        rx.el.label(
            rx.el.span("Rows that are here already", class_name="lab"),
            choice("mode", ImportPage.modes, ImportPage.mode, on_change=ImportPage.choose_mode),
            class_name="field",
        ),
        rx.cond(ImportPage.compares, likely, rx.fragment()),
        rx.el.div(
            button("Back", on_click=ImportWork.restart),
            button("Try without saving", on_click=ImportWork.try_out),
            button(
                "Import",
                kind="pri",
                picture="import",
                on_click=ImportWork.start,
                disabled=ImportPage.problems.length() > 0,
            ),
            class_name="row wrap end",
        ),
        class_name="row wrap",
    )


def _running() -> rx.Component:
    return rx.el.section(
        rx.el.p(
            rx.match(ImportWork.what, ("try", "Trying "), ("undo", "Undoing "), "Importing "),
            rx.el.b(ImportWork.name),
            "…",
        ),
        meter(ImportWork.percent, "Progress", "tall"),
        rx.el.p(ImportWork.progress, class_name="mut", role="status"),
        rx.el.p("You may leave this page; the work goes on.", class_name="mut"),
        rx.el.div(button("Cancel", on_click=ImportWork.cancel)),
        class_name="stack far",
    )


def import_screen() -> rx.Component:
    """The page of the import."""
    return rx.el.div(
        rx.el.div(
            head(
                "Import",
                "A CSV file becomes companies, products, users, people or deals. A second time changes nothing.",
            ),
            _steps(),
            rx.cond(ImportPage.failure != "", banner(ImportPage.failure, "r", "alert"), rx.fragment()),
            rx.match(
                ImportPage.step, ("columns", _columns()), ("running", _running()), ("done", report_view()), _file()
            ),
            rx.cond(ImportPage.step == "file", past_runs(), rx.fragment()),
            class_name="wide",
        ),
        class_name="page",
    )
