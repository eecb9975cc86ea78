"""Bars as vectors: told apart by lightness and by an outline, so that they are read in grey as well."""

from typing import TYPE_CHECKING

from crm_app.paper.canvas import INK, MUTED, Canvas, Colour, Style
from crm_app.paper.head import shortened

if TYPE_CHECKING:
    from crm_app.paper.report import Bar, Chart

NAME, FIGURE, KEY = Style(8.6), Style(8.6), Style(7.8, "", MUTED)
LABELS, FIGURES = 46.0, 40.0  # millimetres for the words at the left and the figures at the right
PITCH, THICK, THIN = 7.0, 4.4, 2.3
PALE = 0.72  # how far towards white the first series of two stands


def draw_chart(canvas: Canvas, chart: "Chart", colour: Colour) -> None:
    """Write a chart from where the canvas stands, over pages if it has to be."""
    shades = _shades(colour, len(chart.series))
    if len(chart.series) > 1:
        _key(canvas, chart.series, shades)
    for bar in chart.bars:
        canvas.room_for(PITCH)
        with canvas.block("Figure", alt=f"{bar.label}: {bar.shown}"):
            _bar(canvas, chart, bar, shades)
        canvas.y += PITCH
    canvas.y += 6


def _shades(colour: Colour, count: int) -> list[Colour]:
    """From pale to full, as many as there are series."""
    if count < 2:
        return [colour]
    steps = [PALE * (1 - number / (count - 1)) for number in range(count)]
    red, green, blue = colour
    return [tuple(round(c + (255 - c) * step) for c in (red, green, blue)) for step in steps]  # pyright: ignore[reportReturnType]


def _key(canvas: Canvas, series: list[str], shades: list[Colour]) -> None:
    x = canvas.left
    with canvas.block():
        for name, shade in zip(series, shades, strict=True):
            canvas.box(x, canvas.y + 0.7, 3, 3, shade)
            _outline(canvas, x, canvas.y + 0.7, 3, 3)
            shown = canvas.printable(name)
            canvas.text(x + 4.4, canvas.y, shown, KEY)
            x += 4.4 + canvas.measure(shown, KEY) + 6
    canvas.y += 6


def _bar(canvas: Canvas, chart: "Chart", bar: "Bar", shades: list[Colour]) -> None:
    left, width = canvas.left + LABELS, canvas.width - LABELS - FIGURES
    label = shortened(canvas, canvas.printable(bar.label), NAME, LABELS - 3)
    canvas.text(canvas.left, canvas.y + 0.6, label, NAME)
    shown = shortened(canvas, canvas.printable(bar.shown), FIGURE, FIGURES - 2)
    canvas.text(canvas.right, canvas.y + 0.6, shown, FIGURE, "right")
    for number, share in enumerate(bar.shares):
        long = width * min(max(share, 0), 100) / 100
        if long <= 0:
            continue
        x = left + (width - long) / 2 if chart.layout == "funnel" else left
        y, high = (canvas.y + number * (THIN + 0.2), THIN) if chart.layout == "paired" else (canvas.y + 0.3, THICK)
        canvas.box(x, y + 0.3, long, high, shades[number])
        _outline(canvas, x, y + 0.3, long, high)


def _outline(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.pdf.set_draw_color(*INK)
    canvas.pdf.set_line_width(0.1)
    canvas.pdf.rect(x, y, width, height, style="D")
