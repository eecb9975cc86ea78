"""A page to write on: measured text, rules and boxes in millimetres, tagged for readers that speak.

What a canvas writes is printable text (`script.py`); a block of it is one element of the document's structure.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Literal

from fpdf import FPDF
from fpdf.enums import ResourceAccessPolicy
from fpdf.image_datastructures import ImageCache, ImageInfo, RasterImageInfo
from fpdf.image_parsing import preload_image
from fpdf.structure_tree import StructureTreeBuilder

from crm_app.paper.fonts import FAMILY, SOURCES, add_fonts, embed_fonts, face
from crm_app.paper.script import Printer, in_visual_order

POINT = 25.4 / 72  # millimetres
LEADING = 1.38
Colour = tuple[int, int, int]
INK: Colour = (28, 31, 38)
MUTED: Colour = (97, 104, 117)
FAINT: Colour = (214, 218, 225)
WASH: Colour = (245, 246, 248)
Align = Literal["left", "right", "centre"]
Tag = Literal["H1", "H2", "P", "Figure"]


@dataclass(frozen=True)
class Style:
    """How a text looks: size in points."""

    size: float = 9
    face: Literal["", "B", "I"] = ""
    colour: Colour = INK

    @property
    def line(self) -> float:
        """The height of a line in millimetres."""
        return self.size * POINT * LEADING


class Counting(StructureTreeBuilder):
    """Numbers marked content without counting all of it anew for each."""

    def __init__(self) -> None:
        super().__init__()
        self._marked: dict[int, int] = {}

    def next_mcid_for_page(self, page_number: int) -> int:
        number = self._marked.get(page_number, 0)
        self._marked[page_number] = number + 1
        return number


class Canvas:
    """The pages of one document. `y` is where the next block begins; the page ends at `bottom`."""

    def __init__(self, page: str, *, left: float = 20, right: float = 18, top: float = 16, foot: float = 24) -> None:
        self.pdf = FPDF(format=page, unit="mm")
        self.pdf.resource_access_policy = ResourceAccessPolicy.NONE
        self.pdf.set_auto_page_break(False)
        self.pdf.render_color_fonts = False
        self.pdf.struct_builder = Counting()
        self.pdf.alias_nb_pages("")
        self.left, self.top = left, top
        self.right = self.pdf.w - right
        self.bottom = self.pdf.h - foot
        self.width = self.right - self.left
        self.y = top
        self.printable = Printer()
        self.on_new_page: Callable[[Canvas], None] = lambda _: None
        self._widths = {name: face(name).widths for name in SOURCES}
        self._style: Style | None = None
        add_fonts(self.pdf)

    @property
    def page(self) -> int:
        """The number of the page being written, from 1; 0 before the first."""
        return self.pdf.page

    @property
    def pages(self) -> int:
        """How many were begun."""
        return len(self.pdf.pages)

    def describe(self, title: str, author: str, language: str, day: date) -> None:
        """The file's own data; its date is the document's, so that the same document is the same file."""
        self.pdf.set_title(title)
        self.pdf.set_author(author)
        self.pdf.set_creator("Kith")
        self.pdf.set_producer("Kith")
        self.pdf.set_lang(language)
        self.pdf.set_creation_date(datetime.combine(day, time(), UTC))

    def new_page(self) -> None:
        """Begin a page: `on_new_page` writes its head and leaves `y` under it."""
        self.pdf.add_page()
        self.y = self.top
        self.on_new_page(self)

    def room_for(self, height: float) -> None:
        """Begin a page unless this much is left of this one."""
        if self.y + height > self.bottom:
            self.new_page()

    def select(self, page: int) -> None:
        """Write on a page that was begun before."""
        self.pdf.page = page
        self.pdf.current_font_is_set_on_page = False

    def finished(self) -> bytes:
        """The file."""
        embed_fonts(self.pdf, self.printable.used)
        return bytes(self.pdf.output())

    @contextmanager
    def block(self, tag: Tag = "P", alt: str = "", title: str = "") -> Iterator[None]:
        """What is written within belongs together and is read as one."""
        with self.pdf._marked_sequence(alt_text=alt or None, title=title or None) as element:
            element.s = f"/{tag}"
            yield

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is written within belongs to the page and not to what the document says."""
        self.pdf._out("/Artifact BMC")
        yield
        self.pdf._out("EMC")

    def bookmark(self, title: str) -> None:
        """An entry of the outline that leads here."""
        self.pdf.y = self.y
        self.pdf.start_section(title or " ", 0)

    def measure(self, text: str, style: Style) -> float:
        """How wide a printable text is, in millimetres."""
        return sum(map(self._widths[style.face].__getitem__, text)) * style.size * POINT / 1000

    def wrap(self, text: str, width: float, style: Style) -> list[str]:
        """Lines of printable text no wider than this; a word that is too long is broken."""
        return [line for paragraph in text.split("\n") for line in self._wrapped(paragraph, width, style)]

    def _wrapped(self, paragraph: str, width: float, style: Style) -> Iterator[str]:
        space = self.measure(" ", style)
        line, used = "", 0.0
        for word in paragraph.split(" "):
            wide = self.measure(word, style)
            if line and used + space + wide > width:
                yield line
                line, used = "", 0.0
            if not line and wide > width:
                *full, word = self._broken(word, width, style)
                yield from full
                wide = self.measure(word, style)
            line, used = (f"{line} {word}", used + space + wide) if line else (word, wide)
        yield line

    def _broken(self, word: str, width: float, style: Style) -> Iterator[str]:
        part, used = "", 0.0
        for character in word:
            wide = self.measure(character, style)
            if part and used + wide > width:
                yield part
                part, used = "", 0.0
            part, used = part + character, used + wide
        yield part

    def text(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> None:
        """One line of printable text whose top is at y; x is its left, right or middle."""
        if not text:
            return
        if align != "left":
            x -= self.measure(text, style) / (1 if align == "right" else 2)
        if style != self._style:
            self.pdf.set_font(FAMILY, style.face, style.size)
            self.pdf.set_text_color(*style.colour)
            self._style = style
        self.pdf.text(x, y + style.size * POINT * (LEADING / 2 + 0.35), in_visual_order(text))

    def rule(
        self,
        y: float,
        left: float | None = None,
        right: float | None = None,
        *,
        colour: Colour = FAINT,
        width: float = 0.2,
    ) -> None:
        """A horizontal line."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(width)
        self.pdf.line(self.left if left is None else left, y, self.right if right is None else right, y)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour, radius: float = 0) -> None:
        """A filled rectangle."""
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(x, y, width, height, style="F", round_corners=radius > 0, corner_radius=radius)

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> float:
        """A prepared picture inside a box, at its top left; how high it became."""
        name, known = _picture(content)
        info = self.pdf.image_cache.images.setdefault(name, RasterImageInfo(known, i=1, usages=0))
        scale = min(width / info.width, height / info.height)
        wide, high = info.width * scale, info.height * scale
        self.pdf.image(content, x, y, wide, high)
        return high


@lru_cache(maxsize=16)
def _picture(content: bytes) -> tuple[str, ImageInfo]:
    """A picture as fpdf2 embeds it, and the name that it gives it: read once in a process."""
    name, _, info = preload_image(ImageCache(), content, resource_access_policy=ResourceAccessPolicy.NONE)
    return name, info


def rgb(colour: str) -> Colour:
    """A colour of "#rrggbb"; ink for what is none."""
    digits = colour.removeprefix("#")
    if len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        return INK
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
