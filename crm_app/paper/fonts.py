"""FiraGO in three styles, parsed once in a process and shared by all documents.

A document gets what fpdf2 changes while it writes (the map of used characters, the font to cut down), and shares what
it only reads. Only the tables that a PDF wants are kept, and most documents need no more than Latin letters: cutting
those down takes milliseconds, the whole font a tenth of a second.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Any

import pymupdf_fonts
from fontTools import subset
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont

FAMILY = "firago"
SOURCES = {"": "figo", "B": "figbo", "I": "figit"}
KEPT = frozenset({"glyf", "loca", "head", "hhea", "hmtx", "maxp", "GlyphOrder"})
# From which characters a document's font is cut: the first of these that holds all it uses, else the whole font.
LATIN = (range(0x20, 0x180), range(0x2010, 0x2040), range(0x20A0, 0x20C0), range(0x2212, 0x2213), range(0x25A0, 0x25B0))
EUROPEAN = (*LATIN, range(0x180, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000), range(0x2100, 0x2200))
WHOLE = (range(0x110000),)
RESERVED = 2  # glyphs that a font has before anything is written
_parsing = Lock()


@dataclass(frozen=True)
class Cut:
    """A font with a part of its glyphs, as bytes, and their names in order."""

    content: bytes
    names: tuple[str, ...]

    def opened(self) -> TTFont:
        """A font of its own, to be changed."""
        font = TTFont(BytesIO(self.content), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
        font.setGlyphOrder(list(self.names))
        return font


@dataclass(frozen=True)
class Face:
    """A style: what measures text, and the glyphs to embed. `widths` are thousandths of the size, by character."""

    model: TTFFont
    widths: dict[str, int]
    cut: Callable[[tuple[range, ...]], Cut]


def face(style: str = "") -> Face:
    """The style "", "B" or "I"; parsed by the first who asks."""
    with _parsing:
        return _face(style)


def has(character: str) -> bool:
    """Whether every style has this character."""
    return character in _everywhere()


def add_fonts(pdf: FPDF) -> None:
    """Give a document the three styles, to measure and to write with."""
    for number, style in enumerate(SOURCES, start=1):
        known = face(style)
        font = copy.copy(known.model)
        font.i = number
        font.desc = copy.copy(known.model.desc)
        font.missing_glyphs = []
        font.biggest_size_pt = 0
        font.subset = SubsetMap(font)
        pdf.fonts[font.fontkey] = font


def embed_fonts(pdf: FPDF, characters: set[str]) -> None:
    """Before the output: put into the document the glyphs from which fpdf2 cuts those that it used."""
    spans = next(spans for spans in (LATIN, EUROPEAN, WHOLE) if all(_within(ord(c), spans) for c in characters))
    for style in SOURCES:
        known, font = face(style), pdf.fonts[FAMILY + style]
        assert isinstance(font, TTFFont)
        if len(font.subset) > RESERVED:
            with _parsing:
                cut = known.cut(spans)
            font.ttfont = cut.opened()
        else:
            del pdf.fonts[FAMILY + style]


@cache
def _face(style: str) -> Face:
    data: bytes = pymupdf_fonts.myfont(SOURCES[style])
    blank = FPDF()
    blank.render_color_fonts = False
    source: Any = BytesIO(data)
    model = TTFFont(blank, source, FAMILY + style, style)
    widths = {chr(code): round(model.cw[code]) for code in model.cmap}
    cut = cache(lambda spans: _cut(data, [name for code, name in model.cmap.items() if _within(code, spans)]))
    return Face(model, widths, cut)


@cache
def _everywhere() -> frozenset[str]:
    return frozenset.intersection(*(frozenset(face(style).widths) for style in SOURCES))


def _within(code: int, spans: tuple[range, ...]) -> bool:
    return any(code in span for span in spans)


def _cut(data: bytes, names: list[str]) -> Cut:
    font = TTFont(BytesIO(data), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    font.getGlyphOrder()
    for tag in font.keys():  # noqa: SIM118 (a font is no mapping)
        if tag not in KEPT:
            del font[tag]
    cutter = subset.Subsetter(subset.Options(notdef_outline=True, recommended_glyphs=True, hinting=False))
    cutter.populate(glyphs=names)
    cutter.subset(font)
    content = BytesIO()
    font.save(content)
    return Cut(content.getvalue(), tuple(font.getGlyphOrder()))
