"""What stands under the lines: the totals beside the tax table, then payment, bank, notes and attachments."""

import unicodedata

from crm_app.paper.canvas import FAINT, INK, MUTED, Canvas, Style, rgb
from crm_app.paper.document import Document, Total
from crm_app.paper.figures import Figures
from crm_app.paper.prose import heading, prose
from crm_app.paper.words import words_of

COLUMN = 84.0
GAP = 10.0
PLAIN, STRONG = 5.4, 8.6
LABEL, AMOUNT = Style(9, "", MUTED), Style(9)
GRAND = Style(11.5, "B")
TAX_HEAD, TAX = Style(7.4, "B", MUTED), Style(8.4)
TEXT, SUBHEAD = Style(8.8), Style(9.2, "B")
MOST_MISSING = 12


class Summary:
    """The totals and the tax table of one document."""

    def __init__(self, canvas: Canvas, document: Document) -> None:
        self.canvas, self.document = canvas, document
        self.words = words_of(document.language)
        self.figures = Figures(document.language, document.currency)

    @property
    def height(self) -> float:
        """Of the block that stays together with the last line."""
        totals = 3 + sum(_height(total) for total in self.document.totals)
        taxes = 8 + 4.6 * len(self.document.taxes) if self.document.taxes else 0
        return max(totals, taxes) + (5 if self.document.prices_include_tax else 0) + 4

    def draw(self) -> None:
        """Write both side by side and leave the canvas under them."""
        self.canvas.y += 3
        top = self.canvas.y
        below = self._totals(top)
        if self.document.taxes:
            below = max(below, self._taxes(top))
        self.canvas.y = below + 1
        if self.document.prices_include_tax:
            with self.canvas.block():
                self.canvas.text(
                    self.canvas.right,
                    self.canvas.y,
                    self.canvas.printable(self.words["included"]),
                    Style(8, "", MUTED),
                    "right",
                )
            self.canvas.y += 5
        self.canvas.y += 4

    def _totals(self, y: float) -> float:
        left, right = self.canvas.right - COLUMN, self.canvas.right
        for total in self.document.totals:
            strong = _is_strong(total)
            label = " ".join(filter(None, (self.words.get(total.kind, ""), total.note)))
            amount = self.figures.money(total.amount) if strong else self.figures.amount(total.amount)
            shown = self.canvas.printable(amount)
            if strong:
                self.canvas.rule(y + 0.6, left, right, colour=INK, width=0.35)
            offset = 2 if strong else 0.5
            with self.canvas.block():
                room = COLUMN - self.canvas.measure(shown, GRAND if strong else AMOUNT) - 4
                self._label(left, y + offset, label, GRAND if strong else LABEL, room)
                self.canvas.text(right, y + offset, shown, GRAND if strong else AMOUNT, "right")
            y += _height(total)
        return y

    def _label(self, x: float, y: float, label: str, style: Style, room: float) -> None:
        text = self.canvas.printable(label)
        while self.canvas.measure(text, style) > room and style.size > 6:
            style = Style(style.size - 0.4, style.face, style.colour)
        self.canvas.text(x, y, text, style)

    def _taxes(self, y: float) -> float:
        left = self.canvas.left
        right = self.canvas.right - COLUMN - GAP
        columns = (right - 24, right)
        show = self.canvas.printable
        with self.canvas.block():
            self.canvas.text(left, y + 0.5, show(self.words["tax_table"]), TAX_HEAD)
            for x, word in zip(columns, ("taxable", "tax_amount"), strict=True):
                self.canvas.text(x, y + 0.5, show(self.words[word]), TAX_HEAD, "right")
        y += 5.4
        self.canvas.rule(y - 0.6, left, right, colour=rgb(self.document.letterhead.colour), width=0.35)
        for tax in self.document.taxes:
            with self.canvas.block():
                self._label(left, y, tax.label, TAX, columns[0] - left - 22)
                for x, minor in zip(columns, (tax.net, tax.tax), strict=True):
                    self.canvas.text(x, y, show(self.figures.amount(minor)), TAX, "right")
            y += 4.6
            self.canvas.rule(y - 0.2, left, right, colour=FAINT)
        return y


def closing(canvas: Canvas, document: Document) -> None:
    """Payment terms beside the bank details, notes, the names of attachments, and what the typeface lacks."""
    words = words_of(document.language)
    bank = "\n".join(document.letterhead.bank)
    if document.terms.strip() and bank.strip():
        _beside(canvas, (words["terms"], document.terms), (words["bank"], bank))
    else:
        _under(canvas, words["terms"], document.terms)
        _under(canvas, words["bank"], bank)
    _under(canvas, words["notes"], document.notes)
    _under(canvas, words["attachments"], "\n".join(f"- {one.name}" for one in document.attachments))
    if canvas.printable.missing:
        prose(canvas, words["missing"].format(list=named(tuple(canvas.printable.missing))), Style(7.6, "I", MUTED))


def _under(canvas: Canvas, title: str, text: str) -> None:
    if text.strip():
        heading(canvas, title, SUBHEAD, room=10, listed=False)
        prose(canvas, text, TEXT)


def _beside(canvas: Canvas, *parts: tuple[str, str]) -> None:
    """Two short texts side by side, where one page holds them; otherwise one under the other."""
    width = (canvas.width - GAP) / 2
    columns = [(title, canvas.wrap(canvas.printable(text.strip()), width, TEXT)) for title, text in parts]
    height = SUBHEAD.line + 1.2 + TEXT.line * max(len(lines) for _, lines in columns)
    if height > 60:
        for title, text in parts:
            _under(canvas, title, text)
        return
    canvas.room_for(height)
    for number, (title, lines) in enumerate(columns):
        x = canvas.left + number * (width + GAP)
        with canvas.block():
            canvas.text(x, canvas.y, canvas.printable(title), SUBHEAD)
            for place, line in enumerate(lines):
                canvas.text(x, canvas.y + SUBHEAD.line + 1.2 + place * TEXT.line, line, TEXT)
    canvas.y += height + 2.2


def named(characters: tuple[str, ...]) -> str:
    """Characters by their Unicode numbers and names, for a typeface that cannot show them."""
    shown = [f"U+{ord(c):04X} {unicodedata.name(c, '').title()}".strip() for c in characters[:MOST_MISSING]]
    more = len(characters) - MOST_MISSING
    return ", ".join(shown) + (f" (+{more})" if more > 0 else "")


def _is_strong(total: Total) -> bool:
    return total.kind in ("total", "due")


def _height(total: Total) -> float:
    return STRONG if _is_strong(total) else PLAIN
