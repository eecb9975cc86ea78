"""The calendar page below the top bar."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.activities.state import ActivityCard, CalendarScreen
from crm_app.ui.calendar import calendar_view


def calendar_screen(*actions: rx.Component, follow: Callable[[Any], Any]) -> rx.Component:
    """`actions` stand at the end of its bar; `follow` hears whose plans are shown, before they are read."""
    return calendar_view(
        *actions,
        month=CalendarScreen.month,
        people=CalendarScreen.people,
        me=CalendarScreen.me,
        creatable=CalendarScreen.may_create,
        dropped=CalendarScreen.dropped,
        on_show=lambda start, end, who: [follow(who), CalendarScreen.show(start, end, who)],
        on_move=CalendarScreen.move,
        on_open=ActivityCard.open,
        on_start=ActivityCard.start,
    )
