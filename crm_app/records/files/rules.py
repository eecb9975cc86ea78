"""Names and types of files: what a name may hold, what a content is by its first bytes. Pure."""

import unicodedata
from codecs import getincrementaldecoder

MOST_NAME = 150
PDF = "application/pdf"
TEXT = "text/plain"
ANY = "application/octet-stream"
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
# What a browser may show; whatever else is only downloaded. Neither HTML nor SVG is among them.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", PDF, TEXT})


def safe_name(name: str) -> str:
    """The last part of a path without control, direction and separator characters; never empty, never hidden."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and unicodedata.category(c) != "Cf" and c not in '<>:"|?*')
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > MOST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else kept[:MOST_NAME]
    return kept or "file"


def media_type(head: bytes, *, is_text: bool) -> str:
    """What a content is, by itself: neither its name nor the browser that sent it is believed."""
    for magic, type_ in MAGIC:
        if head.startswith(magic):
            return type_
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if is_text else ANY


def looks_like_text(head: bytes, *, whole: bool) -> bool:
    """UTF-8 without NUL; where more follows, a character may be cut at the end."""
    if b"\0" in head:
        return False
    try:
        getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return True
