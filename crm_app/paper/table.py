"""The table of lines: as many columns as are used, a header on every page, sums carried from page to page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from crm_app.paper.canvas import FAINT, INK, MUTED, Canvas, Style, rgb
from crm_app.paper.document import Document, Line, Section
from crm_app.paper.figures import Figures
from crm_app.paper.head import BODY_TOP, shortened
from crm_app.paper.pagination import Piece, Plan, Room, Row
from crm_app.paper.words import words_of

GAP = 4.5  # between columns
PAD = 1.5  # above and below a row
LEAST = 46.0  # of the description
SIZES = (9.0, 8.2, 7.4, 6.6)
PLAIN = Style(SIZES[0])
CARRY_HEIGHT, HEADER_HEIGHT = 6.4, 7.2
Key = Literal["position", "description", "quantity", "unit", "unit_price", "discount", "tax", "amount"]
ORDER: tuple[Key, ...] = ("position", "description", "quantity", "unit", "unit_price", "discount", "tax", "amount")
LEFT: frozenset[Key] = frozenset({"position", "description", "unit"})
TEXTS: frozenset[Key] = frozenset({"position", "unit", "discount", "tax"})  # shortened where they are too long
TEXT_COLUMN, FIGURE_COLUMN = 20.0, 36.0  # at most
TITLES = {"discount": "discount_column", "tax": "tax_column"}


@dataclass(frozen=True)
class Drawn:
    """A row ready to be drawn: its text lines, and what stands in the other columns of the first of them."""

    texts: tuple[tuple[str, Style], ...]
    cells: dict[Key, str] = field(default_factory=dict)
    figures: Style = PLAIN
    amount: int = 0
    kind: Literal["line", "title", "subtotal"] = "line"

    @property
    def row(self) -> Row:
        """What pagination must know of it."""
        heights = [style.line for _, style in self.texts]
        heights[0] += PAD
        heights[-1] += PAD
        return Row(tuple(heights), self.amount, self.kind == "title", self.kind == "subtotal")


class Table:
    """Measured columns and rows of one document."""

    def __init__(self, canvas: Canvas, document: Document) -> None:
        self.canvas, self.document = canvas, document
        self.words = words_of(document.language)
        self.figures = Figures(document.language, document.currency)
        self.colour = rgb(document.letterhead.colour)
        lines = [line for section in document.sections for line in section.lines]
        cells = [self._cells(line) for line in lines]
        self.keys: tuple[Key, ...] = tuple(k for k in ORDER if k == "description" or any(c.get(k) for c in cells))
        self.point = self._widest_fraction(lines)
        self.size, self.widths = self._columns(cells)
        known = iter(cells)
        self.rows = [row for section in document.sections for row in self._section(section, known)]
        self.sums = any(line.amount is not None for line in lines)

    def draw(self, tail: float) -> bool:
        """Write the table from where the canvas stands; whether the tail fits under it on the last page."""
        room = Room(self.canvas.bottom - self.canvas.y, self.canvas.bottom - BODY_TOP, HEADER_HEIGHT, CARRY_HEIGHT)
        plan = Plan([row.row for row in self.rows], room, tail, sums=self.sums)
        for number, sheet in enumerate(plan.sheets):
            if number:
                self.canvas.new_page()
            if not sheet.pieces:
                continue
            self._header()
            if sheet.brought is not None:
                self._carry("brought", sheet.brought)
            for piece in sheet.pieces:
                self._piece(piece)
            if sheet.carried is not None:
                self._carry("carried", sheet.carried)
        return plan.tail_fits

    # what stands where

    def _cells(self, line: Line) -> dict[Key, str]:
        show, figures = self.canvas.printable, self.figures
        return {
            "position": show(line.position),
            "quantity": show(figures.quantity(line.quantity)),
            "unit": show(line.unit),
            "unit_price": show(figures.amount(line.unit_price)),
            "discount": show(line.discount),
            "tax": show(line.tax),
            "amount": show(figures.amount(line.amount)),
        }

    def _title(self, key: Key) -> str:
        if key == "unit":
            return ""
        title = self.words[TITLES.get(key, key)]
        return f"{title} {self.document.currency}" if key == "amount" else title

    def _columns(self, cells: list[dict[Key, str]]) -> tuple[float, dict[Key, float]]:
        """The largest size of text that leaves the description its least width, and the width of each column."""
        for size in SIZES:
            widths: dict[Key, float] = {}
            for key in self.keys:
                if key != "description":
                    widths[key] = self._column(key, [c.get(key, "") for c in cells], size)
            if "unit" in widths:  # one title stands over both
                title = self.canvas.measure(self.canvas.printable(self._title("quantity")), self._head(size))
                widths["quantity"] = max(widths["quantity"], title - widths["unit"] - self._gap("quantity"))
            rest = self.canvas.width - sum(widths.values()) - sum(map(self._gap, self.keys[:-1]))
            if rest >= LEAST or size == SIZES[-1]:
                widths["description"] = max(rest, 20)
                return size, widths
        raise AssertionError("there is a last size")

    def _column(self, key: Key, texts: list[str], size: float) -> float:
        title = self.canvas.measure(self.canvas.printable(self._title(key)), self._head(size))
        style = Style(size)
        widest = max((self.canvas.measure(text, style) for text in texts), default=0)
        if key == "quantity":
            whole = max((self.canvas.measure(t.partition(self.figures.point)[0], style) for t in texts), default=0)
            widest = whole + self.canvas.measure(self.point, style)
            title = 0 if "unit" in self.keys else title
        return min(max(title, widest), TEXT_COLUMN if key in TEXTS else FIGURE_COLUMN)

    def _widest_fraction(self, lines: list[Line]) -> str:
        """The longest decimal part of a quantity, with its point: all are aligned on it."""
        parts = [self.figures.quantity(line.quantity).partition(self.figures.point) for line in lines]
        return max((f"{point}{rest}" for _, point, rest in parts), key=len, default="")

    @staticmethod
    def _head(size: float) -> Style:
        return Style(size - 1.2, "B", MUTED)

    # rows

    def _section(self, section: Section, cells: Iterator[dict[Key, str]]) -> list[Drawn]:
        rows: list[Drawn] = []
        if section.title:
            style = Style(self.size + 0.6, "B", INK)
            shown = self.canvas.printable(section.title)
            rows.append(
                Drawn(tuple((t, style) for t in self.canvas.wrap(shown, self.canvas.width, style)), kind="title")
            )
        rows += [self._line(line, next(cells)) for line in section.lines]
        if section.subtotal is not None:
            label = self.words["section_total"].format(title=section.title).strip()
            style = Style(self.size, "B")
            amount: dict[Key, str] = {"amount": self.canvas.printable(self.figures.amount(section.subtotal))}
            rows.append(Drawn(((self.canvas.printable(label), style),), amount, style, kind="subtotal"))
        return rows

    def _line(self, line: Line, cells: dict[Key, str]) -> Drawn:
        show, width = self.canvas.printable, self.widths["description"]
        style = Style(self.size, "", MUTED) if line.optional else Style(self.size)
        detail = Style(self.size - 1, "", MUTED)
        texts = [(text, style) for text in self.canvas.wrap(show(line.text), width, style)]
        if line.optional:
            note = Style(self.size - 1, "I", MUTED)
            texts.append((show(self.words["optional"]), note))
        if line.detail:
            texts += [(text, detail) for text in self.canvas.wrap(show(line.detail), width, detail)]
        figures = Style(self.size, "I", MUTED) if line.optional else Style(self.size)
        return Drawn(tuple(texts), cells, figures, 0 if line.optional else line.amount or 0)

    # drawing

    def _places(self) -> dict[Key, tuple[float, float]]:
        places: dict[Key, tuple[float, float]] = {}
        x = self.canvas.left
        for key in self.keys:
            places[key] = (x, x + self.widths[key])
            x += self.widths[key] + self._gap(key)
        return places

    def _gap(self, key: Key) -> float:
        """Between a column and the next; a unit stands close to its quantity."""
        return 1.4 if key == "quantity" and "unit" in self.keys else GAP

    def _header(self) -> None:
        style, places = self._head(self.size), self._places()
        with self.canvas.block():
            for key, (left, right) in places.items():
                title = self.canvas.printable(self._title(key))
                if key == "quantity" and "unit" in places:
                    right = places["unit"][1]
                x, align = (left, "left") if key in LEFT else (right, "right")
                self.canvas.text(x, self.canvas.y + 1.2, title, style, align)
        self.canvas.y += HEADER_HEIGHT
        self.canvas.rule(self.canvas.y - 0.9, colour=self.colour, width=0.5)

    def _carry(self, word: str, minor: int) -> None:
        style = Style(self.size, "I", MUTED)
        with self.canvas.block():
            self.canvas.text(
                self._places()["description"][0], self.canvas.y + 1, self.canvas.printable(self.words[word]), style
            )
            amount = self.canvas.printable(self.figures.amount(minor))
            self.canvas.text(self.canvas.right, self.canvas.y + 1, amount, style, "right")
        self.canvas.y += CARRY_HEIGHT
        self.canvas.rule(self.canvas.y - 0.6)

    def _piece(self, piece: Piece) -> None:
        drawn = self.rows[piece.row]
        places, canvas = self._places(), self.canvas
        left = canvas.left if drawn.kind == "title" else places["description"][0]
        with canvas.block():
            for index in range(piece.start, piece.stop):
                text, style = drawn.texts[index]
                if index == 0:
                    canvas.y += PAD
                    self._figures(drawn, places)
                canvas.text(left, canvas.y, text, style)
                canvas.y += style.line
        if piece.stop == len(drawn.texts):
            canvas.y += PAD
            canvas.rule(canvas.y, colour=FAINT)

    def _figures(self, drawn: Drawn, places: dict[Key, tuple[float, float]]) -> None:
        for key, text in drawn.cells.items():
            if not text:
                continue
            left, right = places[key]
            if key in TEXTS:
                text = shortened(self.canvas, text, drawn.figures, right - left + 0.1)
            if key in LEFT:
                self.canvas.text(left, self.canvas.y, text, drawn.figures)
            elif key == "quantity":
                self._aligned(text, right, drawn.figures)
            else:
                self.canvas.text(right, self.canvas.y, text, drawn.figures, "right")

    def _aligned(self, text: str, right: float, style: Style) -> None:
        """A quantity with its decimal point under the others'."""
        whole, point, rest = text.partition(self.figures.point)
        x = right - self.canvas.measure(self.point, style)
        self.canvas.text(x - self.canvas.measure(whole, style), self.canvas.y, whole + point + rest, style)
