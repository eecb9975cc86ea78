"""The notice that these are not your own records, and the dialog that removes them."""

import reflex as rx

from crm_app.demo.state import DemoNotice
from crm_app.ui.elements import banner, button, meter
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog


def _offer() -> rx.Component:
    words = "Its people are invented, its sales are public data. Look around; what you change in it goes with it."
    return rx.el.div(
        icon("products"),
        rx.el.p(rx.el.b("This is the demo company. "), words, class_name="grow"),
        button("Remove demo data", on_click=DemoNotice.ask),
        class_name="banner demo",
        role="note",
    )


def _going() -> rx.Component:
    removal = DemoNotice.removal
    return rx.el.div(
        icon("products"),
        rx.el.div(
            rx.el.p(rx.el.b("Removing the demo data: "), removal.done, " of ", removal.records, class_name="num"),
            meter(removal.percent, "Removing the demo data", "tall"),
            class_name="grow stack",
        ),
        class_name="banner demo",
        role="status",
    )


def demo_notice() -> rx.Component:
    """Seen by administrators while the demo is there."""
    removal = DemoNotice.removal
    return rx.fragment(
        rx.cond(removal.offered, rx.cond(removal.running, _going(), _offer()), rx.fragment()),
        dialog(
            rx.el.p(
                rx.el.b(removal.records),
                " records that came with the demo go: people, companies, deals, activities, products, teams, and the "
                "accounts of its users, who are signed out.",
            ),
            rx.el.ul(
                rx.el.li("What you or others added stays, with every record that it points to."),
                rx.el.li("Changes to records of the demo go with them; conditions of the lifecycle that you set stay."),
                rx.el.li("Your own account stays, also if it came with the demo."),
                rx.el.li("All of it can be taken back."),
                class_name="points",
            ),
            rx.cond(DemoNotice.failure != "", banner(DemoNotice.failure, "r", "alert"), rx.fragment()),
            open=DemoNotice.asking,
            title="Remove the demo data?",
            submit="Remove demo data",
            cancel="Keep it",
            on_submit=DemoNotice.remove,
            on_close=DemoNotice.close,
        ),
    )
