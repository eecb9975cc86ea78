"""The picture at the head: checked, made small, and always the same bytes for the same picture."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from crm_app.core.errors import Invalid

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
WIDEST, HIGHEST = 900, 400  # pixels: 300 a inch at the size of the letterhead
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
WHITE = (255, 255, 255)


def prepare_logo(content: bytes) -> bytes:
    """A PNG of at most 900 × 400 pixels on white. Raises Invalid for what is no picture, or a far too large one."""
    if len(content) > MOST_BYTES:
        raise Invalid({"logo": "This picture is larger than 5 MB."})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Invalid({"logo": "This picture has more than 40 million pixels."})
                return _as_png(picture)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        raise Invalid({"logo": "This is no picture that can be read. PNG, JPEG, GIF and WebP can."}) from None


def _as_png(picture: Image.Image) -> bytes:
    whole = picture.convert("RGBA")
    whole.thumbnail((WIDEST, HIGHEST))
    flat = Image.new("RGB", whole.size, WHITE)
    flat.paste(whole, mask=whole.getchannel("A"))
    written = io.BytesIO()
    flat.save(written, "PNG", optimize=True)
    return written.getvalue()
