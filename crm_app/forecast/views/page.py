"""The forecast: figures, bars against the target, the roll-up, what changed, how good earlier ones were, the deals."""

from typing import Any

import reflex as rx

from crm_app.forecast.rows import KIND_NAMES, LOOK_NAMES, EarlierRow, LineRow, MoveRow, ThenRow, Tile
from crm_app.forecast.state import ForecastDeals, ForecastScreen
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, banner, button, empty, grouped, link, meter, page_link, skeleton, tag
from crm_app.ui.icons import icon
from crm_app.ui.inputs import url_segments

from .chart import chart
from .deals import deals_section

BY_NAMES = [("owner", "Owner"), ("team", "Team"), ("region", "Region"), ("territory", "Territory")]
NO_SNAPSHOT = "There is no snapshot from last week yet. One is taken every night."
NO_EARLIER = "Once a period is over that was looked at before, its forecast stands here beside what was won."


def _options(names: list[tuple[str, str]]) -> rx.Var:
    return rx.Var.create([{"id": key, "name": label} for key, label in names])


def _step(start: Any, label: str, picture: str) -> rx.Component:
    view: Any = ForecastScreen.view
    href = f"{addresses.FORECAST}?kind=" + view.kind + "&by=" + view.by + "&start=" + start
    return page_link(icon(picture), href=href, class_name="btn quiet icononly", custom_attrs={"aria-label": label})


def _report(view: Any) -> rx.Var:
    """The same forecast as a report, for paper and files."""
    return f"{addresses.REPORTS}?report=forecast&kind=" + view.kind + "&by=" + view.by + "&from=" + view.start


def _bar() -> rx.Component:
    view: Any = ForecastScreen.view
    return rx.el.div(
        url_segments(param="kind", label="Period", options=_options(KIND_NAMES), current=view.kind),
        rx.el.span(
            _step(view.before, "Period before", "left"),
            rx.el.b(view.period, class_name="period", custom_attrs={"aria-live": "polite"}),
            _step(view.after, "Period after", "right"),
            class_name="row stepper",
        ),
        url_segments(param="by", label="By", options=_options(BY_NAMES), current=view.by),
        rx.el.span(
            page_link("Report", href=_report(view), class_name="btn quiet"),
            link("Targets", addresses.TARGETS, kind="quiet"),
            class_name="end row",
        ),
        class_name="bar",
        role="search",
        custom_attrs={"aria-label": "Forecast of"},
    )


def _tile(tile: rx.vars.ObjectVar[Tile]) -> rx.Component:
    inner = rx.fragment(
        rx.el.span(tile.label, class_name="lab"),
        rx.el.b(tile.value),
        rx.el.span(tile.note, class_name=rx.cond(tile.tone == "", "mut", "good")),
    )
    opened = rx.el.button(
        inner,
        type="button",
        class_name=rx.cond(ForecastDeals.wanted == tile.key, "tile on", "tile"),
        custom_attrs={"data-tile": tile.key, "aria-pressed": ForecastDeals.wanted == tile.key},
        on_click=ForecastDeals.show(tile.key, "", ""),
    )
    plain = rx.el.div(inner, class_name="tile", custom_attrs={"data-tile": tile.label})
    return rx.fragment(rx.cond(tile.key == "", plain, opened), key=tile.label)


def _amount(text: rx.Var[str], category: str, line: rx.vars.ObjectVar[LineRow], label: str) -> rx.Component:
    """A figure that opens the deals behind it."""
    opened = rx.el.button(
        text,
        type="button",
        class_name="figure",
        on_click=ForecastDeals.show(category, line.key, line.name),
        custom_attrs={"aria-label": f"{label} of " + line.name.to(str) + ": " + text.to(str)},
    )
    return rx.el.td(
        rx.cond(text == "–", rx.el.span("–", class_name="mut"), opened),
        class_name="num",
        custom_attrs={"data-label": label},
    )


def _line(line: rx.vars.ObjectVar[LineRow]) -> rx.Component:
    face = rx.cond(line.initials == "", rx.fragment(), avatar(line.initials, line.color, line.name))
    done = rx.el.div(
        meter(line.percent, "Won of the target of " + line.name.to(str)),
        rx.el.span(line.attainment),
        class_name="metered",
    )
    return rx.el.tr(
        rx.el.th(rx.el.div(face, rx.el.span(line.name), style={"padding-left": line.indent}), scope="row"),
        _amount(line.won, "won", line, "Closed won"),
        _amount(line.commit, "commit", line, "Commit"),
        _amount(line.best_case, "best_case", line, "Best case"),
        _amount(line.pipeline, "pipeline", line, "Pipeline"),
        rx.el.td(line.target, class_name="num", custom_attrs={"data-label": "Target"}),
        rx.el.td(rx.cond(line.attainment == "", "", done), custom_attrs={"data-label": "Reached"}),
        rx.el.td(line.gap, class_name="num", custom_attrs={"data-label": "To go"}),
        key=line.key,
    )


def _roll_up() -> rx.Component:
    names = ["Closed won", "Commit", "Best case", "Pipeline", "Target"]
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Who", scope="col"),
                    *[rx.el.th(name, scope="col", class_name="num") for name in names],
                    rx.el.th("Reached", scope="col"),
                    rx.el.th("To go", scope="col", class_name="num"),
                )
            ),
            rx.el.tbody(rx.foreach(ForecastScreen.view.lines, _line)),
        ),
        class_name="tbl cards rollup",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Roll-up"},
    )


def _then(row: rx.vars.ObjectVar[ThenRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, scope="row"),
        rx.el.td(row.then, class_name="num"),
        rx.el.td(row.now, class_name="num"),
        rx.el.td(row.change, class_name="num tone-" + row.tone.to(str)),
        class_name=rx.cond(row.key == "all", "sum", ""),
        key=row.key,
    )


def _move(row: rx.vars.ObjectVar[MoveRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(row.name, class_name="strong grow"),
            rx.el.span(row.deals, class_name="mut"),
            rx.el.span(row.change, class_name="num amount tone-" + row.tone.to(str)),
            type="button",
            on_click=ForecastDeals.show_moved(row.key),
        ),
        key=row.key,
    )


def _changes() -> rx.Component:
    view: Any = ForecastScreen.view
    names = ["Category", "Then", "Now", "Change"]
    heads = [rx.el.th(n, scope="col", class_name="num" if n != "Category" else "") for n in names]
    table = rx.el.table(rx.el.thead(rx.el.tr(*heads)), rx.el.tbody(rx.foreach(view.then, _then)), class_name="small")
    body = rx.fragment(
        rx.el.div(table, class_name="plaintbl"),
        rx.cond(
            view.moves.length() > 0,
            rx.el.ul(rx.foreach(view.moves, _move), class_name="moves"),
            rx.el.p("Nothing has moved since.", class_name="mut pad"),
        ),
    )
    day = rx.cond(view.then_day == "", "", rx.el.span("since ", view.then_day, class_name="mut"))
    return rx.el.section(
        rx.el.header(rx.el.h3("Since last week"), day),
        rx.cond(view.then_day == "", rx.el.p(NO_SNAPSHOT, class_name="note pad"), body),
        class_name="box",
    )


def _earlier(row: rx.vars.ObjectVar[EarlierRow]) -> rx.Component:
    def look(text: rx.Var[str], place: Any) -> rx.Component:
        shown = rx.cond(text == "–", rx.el.span("–", class_name="mut"), tag(text, row.tones.to(list[str])[place]))
        return rx.el.td(shown, class_name="num", key=place)

    return rx.el.tr(
        rx.el.th(row.name, scope="row"),
        rx.el.td(row.won, class_name="num"),
        rx.foreach(row.looks, look),
        key=row.name,
    )


def _accuracy() -> rx.Component:
    heads = [rx.el.th(name, scope="col", class_name="num") for name in ("Won", *LOOK_NAMES)]
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.th("Period", scope="col"), *heads)),
            rx.el.tbody(rx.foreach(ForecastScreen.view.earlier, _earlier)),
            class_name="small",
        ),
        class_name="plaintbl",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Earlier forecasts"},
    )
    return rx.el.section(
        rx.el.header(rx.el.h3("Earlier forecasts"), rx.el.span("won and commit, how near", class_name="mut")),
        rx.cond(ForecastScreen.view.has_earlier, table, rx.el.p(NO_EARLIER, class_name="note pad")),
        class_name="box",
    )


def _hints() -> rx.Component:
    view: Any = ForecastScreen.view
    many = (
        ("undated", view.undated, " open deals have no close date."),
        ("late", view.late, " should have closed before."),
    )

    def hint(key: str, count: Any, words: str) -> rx.Component:
        opened = ForecastDeals.show(key, "", "")
        return rx.cond(
            count > 0, button(grouped(count) + words, kind="quiet", picture="alert", on_click=opened), rx.fragment()
        )

    found = [hint(*one) for one in many]
    missing = "There is no exchange rate for " + view.unrated + "; these amounts are not in the sums."
    rate = banner(missing, "y", "alert")
    return rx.fragment(
        rx.cond(view.unrated == "", rx.fragment(), rate),
        rx.cond((view.undated > 0) | (view.late > 0), rx.el.div(*found, class_name="row wrap hints"), rx.fragment()),
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.div(*[skeleton("100%", "74px") for _ in range(6)], class_name="tiles"),
        skeleton("100%", "230px"),
        skeleton("100%", "300px"),
        class_name="wide",
        role="status",
        custom_attrs={"aria-label": "Loading the forecast"},
    )


def forecast_screen() -> rx.Component:
    """Everything below the top bar."""
    view: Any = ForecastScreen.view
    nothing = empty(
        "Nothing to forecast yet",
        "Deals with a value and a close date add up here, beside the targets of your people.",
        link("To the deals", addresses.BOARD),
        link("Set targets", addresses.TARGETS, kind="quiet"),
        picture="forecast",
    )
    body = rx.fragment(
        rx.el.div(rx.foreach(view.tiles, _tile), class_name="tiles"),
        _hints(),
        chart(view.bars, view.kind, view.by),
        rx.cond(view.lines.length() > 0, _roll_up(), rx.fragment()),
        rx.el.div(_changes(), _accuracy(), class_name="twocol"),
        deals_section(),
    )
    shown = rx.el.div(
        _bar(), rx.el.div(rx.el.div(rx.cond(view.is_empty, nothing, body), class_name="wide"), class_name="page")
    )
    return rx.el.div(rx.cond(view, shown, rx.el.div(_skeleton(), class_name="page")), class_name="forecast")
