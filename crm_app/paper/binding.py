"""What goes with a document in the same file: PDFs and pictures as pages behind it, anything else enclosed.

Pages come without what they could do by themselves: scripts, actions, forms (ISO 32000-2, 12.6).
"""

import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import ResourceAccessPolicy
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, NameObject, TextStringObject

from crm_app.core.errors import Refused
from crm_app.paper.document import Attachment

MOST_PAGES = 500  # of one attachment; one with more is enclosed
MOST_PIXELS = 40_000_000
SHARPEST = 2200  # pixels of the longer side: 190 a inch on A4
MARGIN = 12  # millimetres round a picture
_UNREADABLE = (
    PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError
)  # fmt: skip


def bind(content: bytes, attachments: Iterable[Attachment], page: str) -> tuple[bytes, int]:
    """The file with its attachments, and the pages they added. The same attachments give the same bytes.

    `page` is the size of the pages that pictures get (`a4`, `letter`). What is no sound PDF or picture is enclosed
    as it is. Raises Refused if a file is gone.
    """
    writer = PdfWriter(clone_from=BytesIO(content))
    described = {str(key): str(value) for key, value in (writer.metadata or {}).items()}
    before = len(writer.pages)
    for one in attachments:
        try:
            data = Path(one.path).read_bytes()
        except OSError:
            raise Refused(f"{one.name} cannot be read any more. Take it off the document, or attach it anew.") from None
        found = _pages(one, data, page)
        if found is None:
            _enclose(writer, one.name, data)
            continue
        first = len(writer.pages)
        for leaf in found.pages:
            _quiet(leaf)
            writer.add_page(leaf)
        writer.add_outline_item(title=one.name, page_number=first)
    writer.metadata = described
    written = BytesIO()
    writer.write(written)
    return written.getvalue(), len(writer.pages) - before


def _pages(one: Attachment, data: bytes, page: str) -> PdfReader | None:
    """The attachment as pages; None for what is no page or cannot be read."""
    try:
        if one.media_type.startswith("image/"):
            return PdfReader(BytesIO(_picture(one.name, data, page)))
        if one.media_type != "application/pdf":
            return None
        found = PdfReader(BytesIO(data))
        if found.is_encrypted or not 0 < len(found.pages) <= MOST_PAGES:
            return None
        trial = PdfWriter()
        for leaf in found.pages:
            _quiet(leaf)
            trial.add_page(leaf)
        return found
    except (*_UNREADABLE, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError):
        return None


def _picture(name: str, data: bytes, page: str) -> bytes:
    """A page with the picture on it, as large as it fits, upright as it was taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail((SHARPEST, SHARPEST))
    flat = Image.new("RGB", picture.size, (255, 255, 255))
    flat.paste(picture, mask=picture.getchannel("A"))
    pdf = FPDF(format=page, unit="mm", orientation="L" if flat.width > flat.height else "P")
    pdf.resource_access_policy = ResourceAccessPolicy.NONE
    pdf.set_auto_page_break(False)
    pdf.add_page()
    wide, high = pdf.w - 2 * MARGIN, pdf.h - 2 * MARGIN
    pdf.image(flat, MARGIN, MARGIN, wide, high, keep_aspect_ratio=True, alt_text=name)
    return bytes(pdf.output())


def _quiet(leaf: PageObject) -> None:
    """Takes from a page what it would do by itself; links to addresses stay."""
    leaf.pop("/AA", None)
    notes = leaf.get("/Annots")
    if notes is None:
        return
    kept = ArrayObject()
    for reference in notes.get_object():
        note = reference.get_object()
        action = note.get("/A")
        if note.get("/Subtype") == "/Link" and action is not None and action.get_object().get("/S") == "/URI":
            note.pop("/AA", None)
            kept.append(reference)
    leaf[NameObject("/Annots")] = kept


def _enclose(writer: PdfWriter, name: str, data: bytes) -> None:
    enclosed = writer.add_attachment(name, data)
    enclosed.alternative_name = TextStringObject(name)
