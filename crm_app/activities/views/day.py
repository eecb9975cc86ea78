"""My day below the top bar."""

import reflex as rx

from crm_app.activities.state import ActivityCard, MyDay, NextStep
from crm_app.ui import addresses
from crm_app.ui.day import day_list
from crm_app.ui.elements import banner, button, empty, link, skeleton_rows


def day_screen() -> rx.Component:
    """One list: overdue, today, this week."""
    return rx.el.div(
        rx.el.div(
            rx.cond(MyDay.failure != "", banner(MyDay.failure, "r", "alert"), rx.fragment()),
            rx.cond(
                MyDay.loaded,
                rx.cond(
                    MyDay.rows.length() > 0,
                    day_list(
                        rows=MyDay.rows,
                        on_open=ActivityCard.open,
                        on_finish=lambda id: [MyDay.finish(id), NextStep.offer(id, True)],
                        on_put_off=MyDay.put_off,
                        on_next=ActivityCard.start,
                    ),
                    empty(
                        "Nothing is due this week",
                        "Calls, meetings and tasks that you plan stand here on their day.",
                        button("Plan something", kind="pri", on_click=ActivityCard.start({"type": "task"})),
                        link("To the calendar", addresses.CALENDAR),
                        picture="day",
                    ),
                ),
                skeleton_rows(8, "44px"),
            ),
            class_name="dayonly",
        ),
        class_name="page",
    )
