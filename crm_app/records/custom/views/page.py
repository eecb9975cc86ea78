"""The page of custom fields: a tab a kind, a row a field."""

import reflex as rx

from crm_app.records.custom.queries import FieldRow, kind_options
from crm_app.records.custom.state import FieldEditor
from crm_app.records.custom.views.dialog import field_dialog
from crm_app.ui import addresses
from crm_app.ui.elements import banner, button, empty, head, page_link, skeleton_rows, tag
from crm_app.ui.icons import icon
from crm_app.ui.overlay import menu, menu_item

PAGE = FieldEditor.page


def _row(row: rx.vars.ObjectVar[FieldRow]) -> rx.Component:
    actions = menu(
        "Actions of " + row.label.to(str),
        icon("more"),
        menu_item("Edit", "process", on_click=FieldEditor.start(row.id)),
        menu_item("Move up", "up", on_click=FieldEditor.move(row.id, -1)),
        menu_item("Move down", "down", on_click=FieldEditor.move(row.id, 1)),
        menu_item("Put away", "trash", on_click=FieldEditor.archive(row.id)),
        class_name="btn quiet icononly",
    )
    return rx.el.li(
        rx.el.div(rx.el.b(row.label, class_name="strong"), tag(row.type), class_name="row wrap"),
        rx.el.div(
            rx.cond(row.notes != "", rx.el.div(row.notes), rx.fragment()),
            rx.cond(row.help != "", rx.el.div(row.help), rx.fragment()),
            class_name="mut grow",
        ),
        rx.cond(FieldEditor.editable, actions, rx.fragment()),
        key=row.id,
    )


def _archived(row: rx.vars.ObjectVar[FieldRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(row.label, class_name="strong"), tag(row.type), class_name="row wrap"),
        rx.el.div(class_name="grow"),
        button("Bring back", kind="quiet", on_click=FieldEditor.restore(row.id)),
        key=row.id,
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        *[
            page_link(
                kind.name,
                href=f"{addresses.FIELDS}?kind={kind.id}",
                class_name=rx.cond(PAGE.kind == kind.id, "btn on", "btn quiet"),
                custom_attrs={"aria-current": rx.cond(PAGE.kind == kind.id, "page", "false")},
            )
            for kind in kind_options()
        ],
        class_name="row wrap kindtabs",
        custom_attrs={"aria-label": "Kinds of record"},
    )


def _list() -> rx.Component:
    nothing = empty("No fields of your own yet", "What you add here appears at once: on records, in lists, on import.")
    rows = rx.el.ul(rx.foreach(PAGE.fields, _row), class_name="box states", custom_attrs={"aria-label": "Fields"})
    gone = rx.el.section(
        rx.el.h3("Put away, with all their values", class_name="sect"),
        rx.el.ul(rx.foreach(PAGE.archived, _archived), class_name="box states"),
        custom_attrs={"aria-label": "Put away"},
    )
    return rx.fragment(
        rx.cond(PAGE.fields.length() > 0, rows, nothing), rx.cond(PAGE.archived.length() > 0, gone, rx.fragment())
    )


def fields_screen() -> rx.Component:
    """The page of custom fields."""
    new = button("New field", kind="pri", picture="plus", on_click=FieldEditor.start(0))
    title = head(
        "Fields",
        "What your organisation keeps of its records beside the usual: in force at once, everywhere.",
        rx.el.div(
            page_link("Data dictionary", href=addresses.DICTIONARY, class_name="btn quiet"),
            rx.cond(FieldEditor.editable, new, rx.fragment()),
            class_name="row wrap",
        ),
    )
    busy = rx.cond(FieldEditor.busy != "", banner(FieldEditor.busy), rx.fragment())
    body = rx.cond(FieldEditor.loaded, _list(), skeleton_rows(6, "48px"))
    return rx.el.div(rx.el.div(title, _tabs(), busy, body, class_name="wide"), field_dialog(), class_name="page")
