"""The calendar: FullCalendar 6 (month, week, day, agenda; drag, resize, keyboard) behind one local component."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

from . import live, overlay

_used = (live, overlay)
_jsx = script(__name__, "calendar.jsx").importable_path
VERSION = "6.1.21"


class CalendarView(rx.NoSSRComponent):
    """on_show(first, last, who) is answered by `month`, on_move(key, id, start, end, all_day, version) by `dropped`."""

    library = _jsx
    tag = "CalendarView"
    lib_dependencies: list[str] = [
        f"@fullcalendar/{part}@{VERSION}" for part in ("core", "react", "daygrid", "timegrid", "list", "interaction")
    ]

    month: rx.Var[Any]
    people: rx.Var[list[Any]]
    me: rx.Var[int]
    creatable: rx.Var[bool]
    dropped: rx.Var[Any]
    on_show: rx.EventHandler[passthrough_event_spec(str, str, str)]
    on_move: rx.EventHandler[passthrough_event_spec(str, int, str, str, bool, int)]
    on_open: rx.EventHandler[passthrough_event_spec(int)]
    on_start: rx.EventHandler[passthrough_event_spec(dict[str, str])]


calendar_view = CalendarView.create
