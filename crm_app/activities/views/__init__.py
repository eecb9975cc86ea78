"""The screens of activities: the dialog of one, the calendar, one's day."""

from crm_app.activities.views.calendar import calendar_screen
from crm_app.activities.views.card import activity_card, next_step_dialog
from crm_app.activities.views.day import day_screen
from crm_app.activities.views.ics import calendar_link, import_button, import_dialog

__all__ = [
    "activity_card",
    "calendar_link",
    "calendar_screen",
    "day_screen",
    "import_button",
    "import_dialog",
    "next_step_dialog",
]
