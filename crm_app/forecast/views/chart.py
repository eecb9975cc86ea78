"""Bars against a target line, drawn with the page's own colours; a press on one goes to its period."""

from typing import Any

import reflex as rx

from crm_app.forecast.rows import Bar, Segment
from crm_app.forecast.rules.categories import CATEGORY_NAMES, COUNTED
from crm_app.ui import addresses
from crm_app.ui.elements import page_link


def _segment(part: rx.vars.ObjectVar[Segment]) -> rx.Component:
    return rx.el.i(
        class_name="seg-" + part.key.to(str),
        style={"height": part.percent.to(str) + "%"},
        title=part.words,
        key=part.key,
    )


def chart(bars: Any, kind: Any, by: Any) -> rx.Component:
    """One bar for each period, the surest at the bottom."""

    def bar(one: rx.vars.ObjectVar[Bar]) -> rx.Component:
        line = rx.el.span(class_name="aim", style={"bottom": one.target.to(str) + "%"})
        return page_link(
            rx.el.span(one.value, class_name="top-value"),
            rx.el.span(
                rx.foreach(one.segments, _segment),
                rx.cond(one.target.to(float) >= 0, line, rx.fragment()),
                class_name="stackbar",
            ),
            rx.el.span(one.name, class_name="name"),
            href=f"{addresses.FORECAST}?kind=" + kind + "&by=" + by + "&start=" + one.start.to(str),
            class_name=rx.cond(one.on, "onebar on", "onebar"),
            custom_attrs={"aria-label": one.words},
            key=one.start,
        )

    legend = [rx.el.span(rx.el.i(class_name=f"seg-{name}"), CATEGORY_NAMES[name], class_name="key") for name in COUNTED]
    return rx.el.figure(
        rx.el.div(rx.foreach(bars, bar), class_name="fbars"),
        rx.el.figcaption(*legend, rx.el.span(rx.el.i(class_name="aimkey"), "Target", class_name="key")),
        class_name="box fchart",
    )
