"""Pictures for the letterhead, good and bad."""

import io
import struct
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from crm_app.core.errors import Invalid
from crm_app.paper import prepare_logo, render
from tests.paper.documents import LETTERHEAD, make_document


def picture(size: tuple[int, int], form: str = "PNG", mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 0).save(written, form)
    return written.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB"), ("PNG", "1")]
)
def test_any_common_picture_becomes_small_and_the_same(form: str, mode: str) -> None:
    made = prepare_logo(picture((3000, 500), form, mode))
    assert made == prepare_logo(picture((3000, 500), form, mode))
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "PNG" and image.size == (900, 150)
    content = render(make_document(letterhead=replace(LETTERHEAD, logo=made))).content
    assert b"/Figure" in content and b"/Alt" in content


def bomb() -> bytes:
    """A PNG that says it has 60,000 × 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture((50, 50))[:60],
        bomb(),
        b"\x89PNG" * 2_000_000,
    ],
    ids=["empty", "text", "svg", "cut off", "bomb", "too large"],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        prepare_logo(content)
    assert list(refusal.value.fields) == ["logo"] and refusal.value.message.endswith(".")
