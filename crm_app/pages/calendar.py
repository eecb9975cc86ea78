"""The calendar: one's own and those of colleagues."""

import reflex as rx

from crm_app.activities.state import ActivityCard, CalendarScreen
from crm_app.activities.views import calendar_screen, import_button, import_dialog
from crm_app.identity.state import Viewer
from crm_app.pages.feed import DiaryFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import CALENDAR
from crm_app.ui.live import live

KEYS = [
    ("M W D A", "Month, week, day, agenda"),
    ("T", "Today"),
    ("[ ]", "Earlier, later"),
    ("Tab Enter", "To an event, and open it"),
]


def calendar_page() -> rx.Component:
    """The screen in its frame."""
    return framed(
        rx.fragment(
            calendar_screen(
                rx.cond(CalendarScreen.may_create, import_button(), rx.fragment()),
                follow=lambda who: DiaryFeed.follow(who),
            ),
            live(push=DiaryFeed.push, on_change=[CalendarScreen.refresh]),
            import_dialog([CalendarScreen.refresh]),
        ),
        title="Calendar",
        current=CALENDAR.path,
        after_undo=CalendarScreen.refresh,
        on_new=ActivityCard.start({"type": "meeting"}),
        makes="activity",
        keys=KEYS,
    )


PAGE = Page(
    CALENDAR.path, "Calendar · Kith", calendar_page, (Viewer.load, CalendarScreen.load, ActivityCard.open_named)
)
