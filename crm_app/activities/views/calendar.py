"""The calendar page below the top bar."""

import reflex as rx

from crm_app.activities.state import ActivityCard, CalendarScreen
from crm_app.ui.calendar import calendar_view


def calendar_screen(*actions: rx.Component) -> rx.Component:
    """`actions` stand at the end of its bar."""
    return calendar_view(
        *actions,
        month=CalendarScreen.month,
        people=CalendarScreen.people,
        me=CalendarScreen.me,
        creatable=CalendarScreen.may_create,
        dropped=CalendarScreen.dropped,
        on_show=CalendarScreen.show,
        on_move=CalendarScreen.move,
        on_open=ActivityCard.open,
        on_start=ActivityCard.start,
    )
