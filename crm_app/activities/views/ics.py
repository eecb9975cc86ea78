"""Calendars out and in: the secret link on the profile page, the upload of a file on the calendar page."""

from typing import Any

import reflex as rx

from crm_app.activities.state.link import CalendarLink
from crm_app.activities.state.upload import CalendarUpload, Line
from crm_app.ui.elements import banner, button, tag
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog
from crm_app.ui.upload import drop_zone

UPLOAD = "calendar-file"
WHAT = "Read your Kith calendar in another calendar program. Whoever has the link can read it, so keep it to yourself."


def calendar_link() -> rx.Component:
    """A box of the profile."""
    row = CalendarLink.row
    return rx.el.section(
        rx.el.header(rx.el.h3("Calendar link")),
        rx.el.div(
            rx.el.p(WHAT, class_name="mut"),
            rx.cond(
                CalendarLink.address != "",
                rx.el.div(
                    rx.el.input(
                        value=CalendarLink.address,
                        read_only=True,
                        class_name="in",
                        custom_attrs={"aria-label": "The link"},
                    ),
                    rx.el.p("Copy it now: it is not shown again.", class_name="mut"),
                    class_name="stack",
                ),
                rx.fragment(),
            ),
            rx.cond(
                row.exists,
                rx.el.p(
                    "Made on ",
                    row.made,
                    rx.cond(row.used != "", rx.fragment(", last read ", row.used), ", not read yet"),
                    ".",
                ),
                rx.fragment(),
            ),
            rx.el.div(
                button(rx.cond(row.exists, "Make a new link", "Make a link"), on_click=CalendarLink.make),
                rx.cond(row.exists, button("Revoke", kind="danger", on_click=CalendarLink.revoke), rx.fragment()),
                class_name="row wrap",
            ),
            class_name="pad stack",
        ),
        class_name="box",
    )


def import_button() -> rx.Component:
    """In the bar of the calendar."""
    return rx.el.button(
        icon("import"),
        rx.el.span("Import", class_name="word"),
        type="button",
        class_name="btn",
        on_click=CalendarUpload.start,
        custom_attrs={"aria-label": "Import"},
    )


def import_dialog(then: list[Any]) -> rx.Component:
    """A file, what it would bring, and the button that brings it."""
    found = CalendarUpload.preview
    return dialog(
        rx.el.div(
            rx.cond(CalendarUpload.error != "", banner(CalendarUpload.error, "r", "alert"), rx.fragment()),
            rx.cond(found.name != "", _preview(), _drop()),
            class_name="form",
        ),
        open=CalendarUpload.open,
        title="Import a calendar file",
        submit=found.submit,
        cancel=rx.cond(found.submit != "", "Cancel", "Close"),
        on_submit=[CalendarUpload.confirm, *then],
        on_close=CalendarUpload.close,
    )


def _drop() -> rx.Component:
    return drop_zone(
        "Choose a calendar file",
        rx.el.div(icon("file"), rx.el.span("Drop an .ics file here, or choose one"), class_name="drop"),
        id=UPLOAD,
        max_files=1,
        max_size=25_000_000,
        on_drop=CalendarUpload.receive(rx.upload_files(upload_id=UPLOAD)),
    )


def _preview() -> rx.Component:
    found = CalendarUpload.preview
    return rx.el.div(
        rx.el.p(
            rx.el.b(found.name), ": ", found.new, " new, ", found.changed, " changed, ", found.same, " already here."
        ),
        rx.cond(
            found.left_out.length() > 0,
            rx.el.p("Left out: ", rx.foreach(found.left_out, lambda t: rx.el.span(t, " ")), class_name="mut"),
            rx.fragment(),
        ),
        rx.el.ul(rx.foreach(found.lines, _line), class_name="list importlines"),
        class_name="stack",
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(line.title, class_name="strong"), rx.el.div(line.when, class_name="mut"), class_name="grow"),
        tag(line.what, rx.cond(line.what == "new", "g", "a")),
        key=line.key,
    )
