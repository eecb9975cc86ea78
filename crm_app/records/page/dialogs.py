"""The question before a record is deleted."""

from typing import Any

import reflex as rx

from crm_app.records.page.deleting import RecordDelete
from crm_app.ui.overlay import dialog


def delete_dialog(on_submit: Any, after: Any) -> rx.Component:
    """Asks once; a refusal stands where it was asked. `after` reads the page again for whoever lets it be."""
    return dialog(
        rx.el.p(rx.el.b(RecordDelete.title), " will be hidden everywhere. This can be undone."),
        rx.cond(RecordDelete.error != "", rx.el.p(RecordDelete.error, class_name="err", role="alert"), rx.fragment()),
        open=RecordDelete.open,
        title="Delete this record?",
        submit="Delete",
        on_submit=on_submit,
        on_close=[RecordDelete.close, *(after if isinstance(after, list) else [after])],
    )
