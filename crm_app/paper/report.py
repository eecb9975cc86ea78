"""A report on paper: headline figures, charts as vectors, tables over pages; every text is given as it is read."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from crm_app.paper.canvas import FAINT, INK, MUTED, WASH, Canvas, Style, rgb
from crm_app.paper.charts import draw_chart
from crm_app.paper.document import Letterhead, Paper
from crm_app.paper.head import BAR, BODY_TOP, feet, shortened
from crm_app.paper.pagination import Plan, Room, Row
from crm_app.paper.prose import heading, prose
from crm_app.paper.summary import named
from crm_app.paper.words import words_of

Layout = Literal["stacked", "paired", "funnel"]
TITLE, SUBTITLE = Style(19, "B"), Style(9.5, "", MUTED)
NUMBER, LABEL = Style(15, "B"), Style(8, "", MUTED)
HEAD, CELL, TOTAL = Style(7.8, "B", MUTED), Style(8.6), Style(8.6, "B")
RUNNING = Style(8, "", MUTED)
ROW, HEADER, GAP = 6.2, 7.0, 5.0
TILES = 4  # in a row


@dataclass(frozen=True)
class Headline:
    """One figure at the top."""

    label: str
    shown: str


@dataclass(frozen=True)
class Bar:
    """A line of a chart; `shares` are per cent of the widest, one for each series."""

    label: str
    shown: str
    shares: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """Bars. Stacked: each series covers a part of the one before; paired: one under the other; funnel: centred."""

    title: str
    layout: Layout
    series: list[str] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """A table: the first column is text, the others are figures; an empty total is none."""

    title: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    total: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReportDocument:
    """What a report says, in the order of the paper."""

    title: str
    subtitle: str
    letterhead: Letterhead
    issued_on: date
    headlines: list[Headline]
    charts: list[Chart]
    grids: list[Grid]
    notes: str = ""
    language: str = "en"


def render_report(report: ReportDocument) -> Paper:
    """The PDF of a report; the same report gives the same bytes."""
    canvas = Canvas(report.letterhead.page)
    canvas.describe(report.title, report.letterhead.seller.name, report.language, report.issued_on)
    _first(canvas, report)
    canvas.on_new_page = lambda it: _running(it, report)
    _headlines(canvas, report.headlines)
    for chart in report.charts:
        if chart.bars:
            heading(canvas, chart.title, room=min(12 + 7 * len(chart.bars), 70))
            draw_chart(canvas, chart, rgb(report.letterhead.colour))
    for grid in report.grids:
        _grid(canvas, grid, report.letterhead)
    if report.notes:
        prose(canvas, report.notes, Style(8.4, "", MUTED))
    if canvas.printable.missing:
        words = words_of(report.language)["missing"].format(list=named(tuple(canvas.printable.missing)))
        prose(canvas, words, Style(7.6, "I", MUTED))
    feet(canvas, report.letterhead, report.language)
    return Paper(canvas.finished(), canvas.pages, tuple(canvas.printable.missing))


def _first(canvas: Canvas, report: ReportDocument) -> None:
    canvas.new_page()
    show = canvas.printable
    with canvas.artifact():
        canvas.box(0, 0, canvas.pdf.w, BAR, rgb(report.letterhead.colour))
        canvas.text(canvas.left, 12, shortened(canvas, show(report.letterhead.seller.name), RUNNING, 110), RUNNING)
    canvas.y = 20
    canvas.bookmark(show(report.title))
    with canvas.block("H1", title=show(report.title)):
        canvas.text(canvas.left, canvas.y, shortened(canvas, show(report.title), TITLE, canvas.width), TITLE)
    canvas.y += TITLE.line
    prose(canvas, report.subtitle, SUBTITLE)
    canvas.y += 2


def _running(canvas: Canvas, report: ReportDocument) -> None:
    with canvas.artifact():
        canvas.text(canvas.left, 12, canvas.printable(report.title), RUNNING)
        subtitle = shortened(canvas, canvas.printable(report.subtitle), RUNNING, canvas.width - 60)
        canvas.text(canvas.right, 12, subtitle, RUNNING, "right")
        canvas.rule(17.5)
    canvas.y = BODY_TOP


def _headlines(canvas: Canvas, headlines: list[Headline]) -> None:
    gap, height = 4.0, 17.0
    width = (canvas.width - gap * (TILES - 1)) / TILES
    for start in range(0, len(headlines), TILES):
        for place, one in enumerate(headlines[start : start + TILES]):
            x = canvas.left + place * (width + gap)
            with canvas.block():
                canvas.box(x, canvas.y, width, height, WASH, 1.5)
                canvas.text(
                    x + 3.2, canvas.y + 2.4, shortened(canvas, canvas.printable(one.label), LABEL, width - 6), LABEL
                )
                _figure(canvas, x + 3.2, canvas.y + 7, canvas.printable(one.shown), width - 6)
        canvas.y += height + gap
    canvas.y += 2


def _figure(canvas: Canvas, x: float, y: float, text: str, width: float) -> None:
    style = NUMBER
    while canvas.measure(text, style) > width and style.size > 6:
        style = Style(style.size - 0.5, "B")
    canvas.text(x, y + (NUMBER.line - style.line) / 2, text, style)


def _grid(canvas: Canvas, grid: Grid, letterhead: Letterhead) -> None:
    if not grid.rows:
        return
    heading(canvas, grid.title, room=HEADER + 3 * ROW)
    rows = [Row((ROW,)) for _ in grid.rows] + ([Row((ROW + 1,), keeps_previous=True)] if grid.total else [])
    room = Room(canvas.bottom - canvas.y, canvas.bottom - BODY_TOP, HEADER, 0)
    edges = _edges(canvas, grid)
    for number, sheet in enumerate(Plan(rows, room, sums=False).sheets):
        if number:
            canvas.new_page()
        if sheet.pieces:
            _line(canvas, grid.columns, edges, HEAD, 1)
            canvas.y += HEADER
            canvas.rule(canvas.y - 0.8, colour=rgb(letterhead.colour), width=0.5)
        for piece in sheet.pieces:
            is_total = piece.row == len(grid.rows)
            _line(canvas, grid.total if is_total else grid.rows[piece.row], edges, TOTAL if is_total else CELL, 1)
            canvas.y += ROW
            canvas.rule(canvas.y - 0.2, colour=INK if is_total else FAINT)
    canvas.y += 6


def _edges(canvas: Canvas, grid: Grid) -> list[float]:
    """The right edges of the columns of figures, as wide as their widest; the first column has what is left."""
    show, edges, x = canvas.printable, [], canvas.right
    for place in range(len(grid.columns) - 1, 0, -1):
        edges.insert(0, x)
        cells = [canvas.measure(show(row[place]), TOTAL) for row in (*grid.rows, grid.total or grid.columns)]
        x -= max(*cells, canvas.measure(show(grid.columns[place]), HEAD)) + GAP
    return [x, *edges]


def _line(canvas: Canvas, cells: list[str], edges: list[float], style: Style, top: float) -> None:
    show = canvas.printable
    with canvas.block():
        first = shortened(canvas, show(cells[0]), style, max(edges[0] - canvas.left, 15))
        canvas.text(canvas.left, canvas.y + top, first, style)
        for edge, text in zip(edges[1:], cells[1:], strict=True):
            canvas.text(edge, canvas.y + top, show(text), style, "right")
