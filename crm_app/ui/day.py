"""One's day: a list driven by keys, and by touch on a phone."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

from . import overlay

_used = (overlay,)
_jsx = script(__name__, "day.jsx").importable_path


class DayList(rx.Component):
    """`rows` in three sections; on_put_off(id, to, version): `tomorrow`, `week` or a day."""

    library = _jsx
    tag = "DayList"
    rows: rx.Var[list[Any]]
    on_open: rx.EventHandler[passthrough_event_spec(int)]
    on_finish: rx.EventHandler[passthrough_event_spec(int)]
    on_put_off: rx.EventHandler[passthrough_event_spec(int, str, int)]
    on_next: rx.EventHandler[passthrough_event_spec(dict[str, str])]


day_list = DayList.create
