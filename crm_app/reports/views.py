"""The page of reports: what is asked on top, figures, bars and tables below, the same in a file."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.forecast.rules.periods import LENGTHS
from crm_app.reports.rows import Bar, Chart, Grid, Headline
from crm_app.reports.rules import GROUP_NAMES
from crm_app.reports.state import ReportPage
from crm_app.ui.elements import banner, empty, head, skeleton_rows
from crm_app.ui.icons import icon
from crm_app.ui.inputs import url_day, url_segments, url_select

KINDS = rx.Var.create([{"id": kind, "name": kind.title()} for kind in LENGTHS])
GROUPS = rx.Var.create([{"id": key, "name": name} for key, name in GROUP_NAMES.items()])


def _asked() -> rx.Component:
    return rx.el.div(
        url_segments(param="report", label="Report", options=ReportPage.reports, current=ReportPage.name),
        rx.cond(
            ReportPage.name == "forecast",
            rx.fragment(
                url_segments(param="kind", label="Period", options=KINDS, current=ReportPage.kind),
                url_day(param="from", label="Begins", current=ReportPage.start),
                url_segments(param="by", label="By", options=GROUPS, current=ReportPage.by),
            ),
            rx.fragment(
                url_day(param="from", label="From", current=ReportPage.start),
                url_day(param="to", label="To", current=ReportPage.end),
            ),
        ),
        url_select(param="owner", label="Owner", any="All owners", options=ReportPage.owners),
        rx.cond(
            ReportPage.teams.length() > 1,
            url_select(param="team", label="Team", any="All teams", options=ReportPage.teams),
            rx.fragment(),
        ),
        class_name="asked",
    )


def _file(form: str, words: str) -> rx.Component:
    address = routes.REPORT_FILES + ReportPage.name + "." + form + "?" + ReportPage.query
    # a target of its own, or the router takes the address for a page of the app
    return rx.el.a(icon("file"), words, href=address, class_name="btn", download=True, target="_blank")


def _files() -> rx.Component:
    return rx.fragment(
        _file("pdf", "PDF"),
        rx.cond(ReportPage.takable, rx.fragment(_file("xlsx", "XLSX"), _file("csv", "CSV")), rx.fragment()),
    )


def _headline(one: rx.vars.ObjectVar[Headline]) -> rx.Component:
    return rx.el.div(rx.el.dt(one.label), rx.el.dd(one.shown), class_name="box")


def _bar(bar: rx.vars.ObjectVar[Bar], layout: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(bar.label, class_name="name", title=bar.label),
        rx.el.span(
            rx.foreach(
                bar.shares,
                lambda share, n: rx.el.i(style={"width": share.to(str) + "%"}, class_name="s" + n.to(str), key=n),
            ),
            class_name="track",
            custom_attrs={"aria-hidden": "true"},
        ),
        rx.el.span(bar.shown, class_name="much"),
        key=bar.label,
    )


def _chart(chart: rx.vars.ObjectVar[Chart]) -> rx.Component:
    key = rx.el.p(
        rx.foreach(chart.series, lambda name, n: rx.el.span(rx.el.i(class_name="s" + n.to(str)), name, key=name)),
        class_name="key",
    )
    return rx.el.section(
        rx.el.header(rx.el.h3(chart.title), rx.cond(chart.series.length() > 1, key, rx.fragment())),
        rx.el.ul(
            rx.foreach(chart.bars, lambda bar: _bar(bar, chart.layout)), class_name="bars " + chart.layout.to(str)
        ),
        class_name="box chart",
        key=chart.title,
    )


def _row(cells: Any, part: str) -> rx.Component:
    return rx.el.tr(
        rx.foreach(
            cells,
            lambda text, n: rx.cond(
                n == 0, rx.el.th(text, scope="row", key=n), rx.el.td(text, class_name="num", key=n)
            ),
        ),
        class_name=part,
    )


def _grid(grid: rx.vars.ObjectVar[Grid]) -> rx.Component:
    heads = rx.foreach(
        grid.columns, lambda text, n: rx.el.th(text, scope="col", class_name=rx.cond(n == 0, "", "num"), key=text)
    )
    return rx.el.section(
        rx.el.header(rx.el.h3(grid.title)),
        rx.el.div(
            rx.el.table(
                rx.el.thead(rx.el.tr(heads)),
                rx.el.tbody(rx.foreach(grid.rows, lambda cells: _row(cells, ""))),
                rx.el.tfoot(_row(grid.total, "total")),
                custom_attrs={"aria-label": grid.title},
            ),
            class_name="across",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": grid.title},
        ),
        class_name="box",
        key=grid.title,
    )


def _report() -> rx.Component:
    nothing = empty(
        "Nothing in this report",
        "No record that you may see matches. Choose other days, or somebody else.",
        picture="activities",
    )
    return rx.fragment(
        rx.el.dl(rx.foreach(ReportPage.headlines, _headline), class_name="headlines"),
        rx.cond(
            ReportPage.count == "0",
            nothing,
            rx.fragment(
                rx.el.div(rx.foreach(ReportPage.charts, _chart), class_name="charts"),
                rx.el.div(rx.foreach(ReportPage.grids, _grid), class_name="charts"),
                rx.cond(ReportPage.notes != "", rx.el.p(ReportPage.notes, class_name="mut"), rx.fragment()),
            ),
        ),
    )


def reports_screen() -> rx.Component:
    """The page of reports."""
    return rx.el.div(
        rx.el.div(
            head(
                ReportPage.title,
                ReportPage.subtitle,
                rx.cond(ReportPage.loaded & (ReportPage.failure == ""), _files(), rx.fragment()),
            ),
            _asked(),
            rx.cond(
                ReportPage.loaded,
                rx.cond(ReportPage.failure != "", banner(ReportPage.failure, "r", "alert"), _report()),
                skeleton_rows(8, "64px"),
            ),
            class_name="wide report",
        ),
        class_name="page",
    )
