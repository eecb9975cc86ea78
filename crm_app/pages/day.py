"""My day: overdue, today, this week."""

import reflex as rx

from crm_app.activities.state import ActivityCard, MyDay
from crm_app.activities.views import day_screen
from crm_app.identity.state import Viewer
from crm_app.pages.feed import DiaryFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import DAY
from crm_app.ui.live import live

KEYS = [
    ("J K", "Move through the list"),
    ("Enter", "Open"),
    ("X or Space", "Done"),
    ("S", "Put off: 1 tomorrow, 2 next week"),
    ("R", "Give it another day"),
    ("N", "Plan the next step"),
]


def day_page() -> rx.Component:
    """The screen in its frame."""
    return framed(
        rx.fragment(day_screen(), live(push=DiaryFeed.push, on_change=[MyDay.load])),
        title="My day",
        current=DAY.path,
        after_undo=MyDay.load,
        on_new=ActivityCard.start({"type": "task"}),
        makes="activity",
        keys=KEYS,
    )


PAGE = Page(DAY.path, "My day · Kith", day_page, (Viewer.load, DiaryFeed.follow(""), MyDay.load))
