"""Where files are dropped or chosen."""

from typing import Any

import reflex as rx

from crm_app.records.files.state import UPLOAD, FileDrop
from crm_app.ui.icons import icon
from crm_app.ui.live import live
from crm_app.ui.upload import drop_zone


def file_drop(then: Any) -> rx.Component:
    """`then` is the event that reads the timeline again once files were added."""
    return rx.el.section(
        rx.el.h3("Files", class_name="sect"),
        drop_zone(
            "Add files",
            rx.el.div(icon("file"), rx.el.span("Drop files here, or choose some"), class_name="drop small"),
            id=UPLOAD,
            multiple=True,
            max_size=25_000_000,
            on_drop=FileDrop.receive(rx.upload_files(upload_id=UPLOAD)),
        ),
        live(push=FileDrop.push, on_change=then),
        custom_attrs={"aria-label": "Files"},
    )
