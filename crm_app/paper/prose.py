"""Paragraphs, headings and bullets that flow over pages: no line of a paragraph stands alone at a page's end or top."""

from crm_app.paper.canvas import POINT, Canvas, Style, Tag

BODY = Style(9.5)
HEADING = Style(11.5, "B")
BULLET = "• "
INDENT = 4.5  # millimetres
GAP = 2.2


def heading(
    canvas: Canvas, text: str, style: Style = HEADING, *, room: float = 18, tag: Tag = "H2", listed: bool = True
) -> None:
    """A heading with at least this much room under it on the same page; `listed` ones are in the outline."""
    shown = canvas.printable(text)
    lines = canvas.wrap(shown, canvas.width, style)
    canvas.room_for(len(lines) * style.line + room)
    if listed:
        canvas.bookmark(shown)
    with canvas.block(tag, title=shown):
        for line in lines:
            canvas.text(canvas.left, canvas.y, line, style)
            canvas.y += style.line
    canvas.y += 1.2


def prose(canvas: Canvas, text: str, style: Style = BODY, width: float | None = None) -> None:
    """Blank lines part paragraphs; a line that starts with "- ", "* " or "• " is a bullet."""
    for paragraph in _paragraphs(canvas.printable(text)):
        if not paragraph.strip():
            canvas.y += style.size * POINT * 0.5
            continue
        bullet = paragraph[:2] in ("- ", "* ", BULLET)
        indent = INDENT if bullet else 0.0
        lines = canvas.wrap(paragraph[2:] if bullet else paragraph, (width or canvas.width) - indent, style)
        _write(canvas, lines, style, indent, bullet)
    canvas.y += GAP


def _paragraphs(text: str) -> list[str]:
    return text.strip("\n").split("\n") if text.strip() else []


def _write(canvas: Canvas, lines: list[str], style: Style, indent: float, bullet: bool) -> None:
    first = True
    while lines:
        count = _fitting(len(lines), int((canvas.bottom - canvas.y) / style.line))
        if count == 0:
            canvas.new_page()
            count = max(1, _fitting(len(lines), int((canvas.bottom - canvas.y) / style.line)))
        with canvas.block():
            if bullet and first:
                canvas.text(canvas.left + 0.8, canvas.y, BULLET.strip(), style)
            for line in lines[:count]:
                canvas.text(canvas.left + indent, canvas.y, line, style)
                canvas.y += style.line
        lines, first = lines[count:], False


def _fitting(lines: int, places: int) -> int:
    """How many of the lines to put here: never the first alone, and never all but the last."""
    if lines <= places:
        return lines
    count = places - 1 if lines - places == 1 else places
    return 0 if count < 2 else count
