"""The dialog for a new record; once in the frame of every page."""

from typing import Any

import reflex as rx

from crm_app.records.create.state import NewRecord
from crm_app.records.state import RefSearch
from crm_app.ui.create import create_dialog


def new_record_dialog(makes: Any, **beside: Any) -> rx.Component:
    """Opens when `NewRecord.start` has answered; `makes` are the kinds that the viewer may create, `beside` what
    shows and uses those who are here already (`crm_app.ui.create`).
    """
    return create_dialog(
        form=NewRecord.form,
        created=NewRecord.created,
        found=RefSearch.found,
        conditions=NewRecord.conditions,
        on_create=NewRecord.create,
        on_weigh=NewRecord.weigh,
        on_search=RefSearch.look_up,
        on_start=NewRecord.start_named,
        makes=makes,
        **beside,
    )
