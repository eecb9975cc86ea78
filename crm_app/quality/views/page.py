"""The five Cs: tiles, the trend, the rules of each, who enters, and the same by owner, team, source and way in."""

from typing import Any

import reflex as rx

from crm_app.quality.queries.page import MEASURES
from crm_app.quality.rows import EntryRow, GroupRow
from crm_app.quality.state import QualityScreen
from crm_app.quality.views.parts import bars, cell, fact, rules_table, section, tile
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, banner, button, empty, link, meter, page_link, skeleton
from crm_app.ui.field import field
from crm_app.ui.inputs import url_segments, url_select
from crm_app.ui.overlay import dialog

BY_NAMES = [("owner", "Owner"), ("team", "Team"), ("source", "Source"), ("way", "Way in")]
NO_TREND = "A trend begins with the second night: what stands each night is kept."
WORDS = {
    "consistency": "Filled where it must be, and in a form that can be used.",
    "continuity": "Fresh, and entered soon after it happened.",
    "collective": "Everybody enters, not a few for all.",
    "control": "Rights are looked at, and checks run when they are to.",
    "centralization": "One place: no doubles, nothing without an owner.",
}


def _options(names: list[tuple[str, str]]) -> rx.Var:
    return rx.Var.create([{"id": key, "name": label} for key, label in names])


def _bar() -> rx.Component:
    view: Any = QualityScreen.view
    who = url_select(param="who", label="Of whom", any="Everybody I may see", options=view.people)
    return rx.el.div(
        rx.cond(view.people.length() > 0, who, rx.fragment()),
        url_segments(param="m", label="Trend of", options=_options(list(MEASURES.items())), current=view.measure),
        rx.el.span(
            rx.cond(view.as_of == "", "", rx.el.span("Time counted as of " + view.as_of, class_name="mut")),
            rx.cond(view.may_set, link("Rules and checks", addresses.QUALITY_RULES, kind="quiet"), rx.fragment()),
            class_name="end row wrap",
        ),
        class_name="bar",
        role="search",
        custom_attrs={"aria-label": "Quality of"},
    )


def _group(row: rx.vars.ObjectVar[GroupRow]) -> rx.Component:
    face = rx.cond(row.initials == "", rx.fragment(), avatar(row.initials, row.color, row.name))
    name = rx.cond(row.href != "", page_link(row.name, href=row.href, class_name="figure"), rx.el.span(row.name))
    return rx.el.tr(
        rx.el.th(rx.el.div(face, name, class_name="row"), scope="row"),
        rx.el.td(
            rx.el.div(meter(row.percent, "Score of " + row.name.to(str)), rx.el.span(row.score), class_name="metered"),
            custom_attrs={"data-label": "Score"},
        ),
        rx.foreach(row.cells, cell),
        key=row.key,
    )


def _head(name: rx.Var[str]) -> rx.Component:
    return rx.el.th(name, scope="col", class_name="num", key=name)


def _groups() -> rx.Component:
    view: Any = QualityScreen.view
    heads = rx.el.tr(rx.el.th("", scope="col"), rx.el.th("Score", scope="col"), rx.foreach(view.heads, _head))
    table = rx.el.div(
        rx.el.table(rx.el.thead(heads), rx.el.tbody(rx.foreach(view.groups, _group))),
        class_name="tbl cards qtable",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Scores"},
    )
    by = url_segments(param="by", label="By", options=_options(BY_NAMES), current=view.by)
    return rx.el.section(
        rx.el.header(rx.el.h3("Scores, the lowest first"), by), table, class_name="box qpart", id="scores"
    )


def _entry(row: rx.vars.ObjectVar[EntryRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, scope="row"),
        rx.el.td(
            rx.cond(row.members == "", row.active, row.active.to(str) + " of " + row.members.to(str)),
            class_name="num",
            custom_attrs={"data-label": "Entered"},
        ),
        rx.foreach(row.cells, cell),
        class_name=rx.cond(row.depth == 0, "sum", ""),
        key=row.key,
    )


def _collective() -> rx.Component:
    view: Any = QualityScreen.view
    heads = rx.el.tr(
        rx.el.th("", scope="col"),
        rx.el.th("Entered", scope="col", class_name="num"),
        rx.foreach(view.enterer_heads, _head),
    )
    table = rx.el.div(
        rx.el.table(rx.el.thead(heads), rx.el.tbody(rx.foreach(view.enterers, _entry))),
        class_name="tbl cards qtable",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Who enters"},
    )
    more = rx.cond(view.concentration == "", rx.fragment(), rx.el.p(view.concentration, class_name="note pad"))
    return section("collective", "Collective", WORDS["collective"], more, table)


def _control() -> rx.Component:
    view: Any = QualityScreen.view
    review = rx.cond(
        view.may_set,
        rx.el.div(
            button("Confirm a review of rights", picture="check", on_click=QualityScreen.start_review),
            link("Look at users and rights", addresses.USERS, kind="quiet"),
            class_name="row wrap pad",
        ),
        rx.fragment(),
    )
    return section(
        "control", "Control", WORDS["control"], rx.el.ul(rx.foreach(view.control, fact), class_name="facts"), review
    )


def _centralization() -> rx.Component:
    view: Any = QualityScreen.view
    return section(
        "centralization",
        "Centralization",
        WORDS["centralization"],
        rx.el.ul(rx.foreach(view.central, fact), class_name="facts"),
        rules_table(view.centralization, "Centralization"),
    )


def _trend() -> rx.Component:
    view: Any = QualityScreen.view
    few = rx.el.p(NO_TREND, class_name="note pad")
    return rx.el.section(
        rx.el.header(rx.el.h3("Trend"), rx.el.span("one bar a week", class_name="mut")),
        rx.cond(view.points.length() > 1, bars(view.points), few),
        class_name="box fchart",
        custom_attrs={"aria-label": "Trend"},
    )


def _review_dialog() -> rx.Component:
    note = rx.el.textarea(name="note", max_length=500, rows=3, class_name="in")
    return dialog(
        rx.el.p("You say that you looked at who may do what, and that it is right. The date and your name are kept."),
        field("Note", note),
        open=QualityScreen.reviewing,
        title="Review of rights",
        submit="Confirm",
        on_submit=QualityScreen.confirm,
        on_close=QualityScreen.close_review,
        again=QualityScreen.start_review,
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.div(*[skeleton("100%", "96px") for _ in range(5)], class_name="tiles five"),
        skeleton("100%", "230px"),
        skeleton("100%", "300px"),
        class_name="wide",
        role="status",
        custom_attrs={"aria-label": "Loading the quality"},
    )


def quality_screen() -> rx.Component:
    """Everything below the top bar."""
    view: Any = QualityScreen.view
    nothing = empty(
        "Nothing to look at yet",
        "People, companies, deals and activities are measured here as soon as there are some.",
        link("Import", addresses.IMPORTS),
        picture="check",
    )
    due = banner("A review of rights is due.", "y", "alert")
    body = rx.fragment(
        rx.cond(view.may_set & view.review_due, due, rx.fragment()),
        rx.el.div(rx.foreach(view.tiles, tile), class_name="tiles five"),
        _trend(),
        _groups(),
        section("consistency", "Consistency", WORDS["consistency"], rules_table(view.consistency, "Consistency")),
        section("continuity", "Continuity", WORDS["continuity"], rules_table(view.continuity, "Continuity")),
        _centralization(),
        _collective(),
        _control(),
    )
    going = banner(
        rx.el.div(
            rx.el.span(view.counting, class_name="grow"),
            button("Read again", kind="quiet", on_click=QualityScreen.load),
            class_name="row",
        )
    )
    told = rx.cond(view.counting == "", rx.fragment(), going)
    shown = rx.el.div(
        _bar(), rx.el.div(rx.el.div(told, rx.cond(view.is_empty, nothing, body), class_name="wide"), class_name="page")
    )
    return rx.el.div(
        rx.cond(view, shown, rx.el.div(_skeleton(), class_name="page")), _review_dialog(), class_name="forecast quality"
    )
