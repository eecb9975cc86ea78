"""The dialog in which a score is set by hand."""

import reflex as rx

from crm_app.scoring.state import ScoreForm
from crm_app.ui.field import text_field
from crm_app.ui.overlay import dialog


def score_dialog() -> rx.Component:
    """A number, why, and until when."""
    errors = ScoreForm.errors
    return dialog(
        rx.el.p("It stands in place of the computed score; rules and events do not change it.", class_name="note"),
        rx.el.div(
            text_field("Score", "value", "", errors["value"], required=True, input_mode="numeric", max_length=7),
            text_field("Until", "until_day", "", errors["until_day"], "Empty: for good.", type="date"),
            class_name="grid2",
        ),
        text_field("Why", "reason", "", errors["reason"], required=True, max_length=300),
        open=ScoreForm.open,
        title="Set the score by hand",
        submit="Save",
        on_submit=ScoreForm.save,
        on_close=ScoreForm.close,
        again=ScoreForm.start,
    )
