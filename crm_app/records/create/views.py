"""The dialog for a new record; once in the frame of every page."""

import reflex as rx

from crm_app.records.create.state import NewRecord
from crm_app.records.state import RefSearch
from crm_app.ui.create import create_dialog


def new_record_dialog() -> rx.Component:
    """Opens when `NewRecord.start` has answered."""
    return create_dialog(
        form=NewRecord.form,
        created=NewRecord.created,
        found=RefSearch.found,
        on_create=NewRecord.create,
        on_search=RefSearch.look_up,
    )
