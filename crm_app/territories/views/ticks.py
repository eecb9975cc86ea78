"""People to tick in a form."""

from typing import Any

import reflex as rx

from crm_app.territories.queries.screens import Choice


def ticks(label: str, prefix: str, options: Any, ticked: Any) -> rx.Component:
    """A box for each person; the form gets PREFIX-ID of those that are ticked."""

    def one(choice: rx.vars.ObjectVar[Choice]) -> rx.Component:
        box = rx.el.input(
            type="checkbox", name=f"{prefix}-" + choice.id.to(str), default_checked=ticked.contains(choice.id)
        )
        return rx.el.label(box, rx.el.span(choice.name), class_name="chooseone", key=choice.id)

    return rx.el.fieldset(
        rx.el.legend(label, class_name="lab"),
        rx.el.div(rx.foreach(options, one), class_name="choosemany"),
        class_name="field",
    )


def tick(label: str, name: str, checked: rx.Var[bool]) -> rx.Component:
    """One box."""
    box = rx.el.input(type="checkbox", name=name, default_checked=checked)
    return rx.el.label(box, rx.el.span(label), class_name="chooseone")
