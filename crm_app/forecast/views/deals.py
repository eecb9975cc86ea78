"""The deals behind a figure, each with its category to choose."""

from typing import Any

import reflex as rx

from crm_app.forecast.queries import DealLine
from crm_app.forecast.rules.categories import CATEGORIES, CATEGORY_NAMES
from crm_app.forecast.state import ForecastDeals
from crm_app.ui.elements import avatar, button, grouped, page_link, skeleton_rows, tag

CHOICES = (*CATEGORIES, "omitted")


def _category(row: rx.vars.ObjectVar[DealLine]) -> rx.Component:
    name: Any = rx.match(row.category, *CATEGORY_NAMES.items(), row.category)
    usual = rx.cond(row.chosen == "", "As its stage says: " + name.to(str), "As its stage says")
    select = rx.el.select(
        rx.el.option(usual, value=""),
        *[rx.el.option(CATEGORY_NAMES[key], value=key) for key in CHOICES],
        value=row.chosen,
        on_change=lambda value: ForecastDeals.choose(row.id, row.version, value),
        class_name="in small",
        custom_attrs={"aria-label": "Category of " + row.title.to(str), "data-deal": row.id},
    )
    tone: Any = rx.match(row.category, ("won", "g"), ("lost", "r"), ("commit", "a"), "")
    return rx.cond(row.editable, select, tag(name, tone))


def _row(row: rx.vars.ObjectVar[DealLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            page_link(row.title, href="/deals/" + row.id.to(str), class_name="strong"),
            rx.el.div(row.company, class_name="mut clip"),
            class_name="deal",
        ),
        rx.el.td(
            rx.cond(row.owner == "", "–", rx.fragment(avatar(row.initials, row.color, row.owner), row.owner)),
            class_name="who nowrap",
        ),
        rx.el.td(row.stage, class_name="stage nowrap"),
        rx.el.td(row.day, class_name="fday nowrap"),
        rx.el.td(
            rx.el.div(row.value),
            rx.cond(row.note == "", rx.fragment(), rx.el.div(row.note, class_name="mut")),
            class_name="num value nowrap",
        ),
        rx.el.td(_category(row), class_name="cat"),
        key=row.id,
    )


def deals_section() -> rx.Component:
    """The title says which deals these are, the count how many."""
    names = [("Deal", ""), ("Owner", ""), ("Stage", ""), ("Closes", ""), ("Value", "num"), ("Category", "")]
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*[rx.el.th(n, scope="col", class_name=c) for n, c in names])),
            rx.el.tbody(rx.foreach(ForecastDeals.rows, _row)),
        ),
        class_name="tbl cards fdeals",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Deals"},
    )
    shown = rx.cond(ForecastDeals.rows.length() > 0, table, rx.el.p("No deals here in this period.", class_name="note"))
    more = rx.cond(
        (ForecastDeals.rows.length() < ForecastDeals.count) & (ForecastDeals.rows.length() < 200),
        button("Show more", kind="quiet", on_click=ForecastDeals.show_more),
        rx.fragment(),
    )
    hidden = rx.el.p(ForecastDeals.hidden, " more went to somebody whose deals you do not see.", class_name="mut")
    others = [("all", "All"), ("omitted", "Left out")]
    return rx.el.section(
        rx.el.div(
            rx.el.h3(ForecastDeals.title),
            tag(grouped(ForecastDeals.count)),
            rx.el.span(
                *[button(words, kind="quiet", on_click=ForecastDeals.show(key, "", "")) for key, words in others],
                class_name="row end",
            ),
            class_name="row sethead",
            custom_attrs={"aria-live": "polite"},
        ),
        rx.cond(ForecastDeals.loaded, shown, skeleton_rows(5, "40px")),
        rx.cond(ForecastDeals.hidden > 0, hidden, rx.fragment()),
        more,
        class_name="stack",
        id="forecast-deals",
    )
