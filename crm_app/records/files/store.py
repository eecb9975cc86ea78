"""Where contents lie: under the files folder, each once, by its SHA-256."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.records.files.active import does_something
from crm_app.records.files.rules import looks_like_text, media_type

BLOCK, HEAD = 1 << 20, 8192


@dataclass(frozen=True)
class Stored:
    """A content that lies in the folder."""

    sha256: str
    size: int
    media_type: str


def path_of(sha256: str) -> Path:
    """The place of a content. Raises ValueError for anything but a SHA-256."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return settings().files_dir / sha256[:2] / sha256


@lru_cache(maxsize=1000)
def is_active(sha256: str) -> bool:
    """Does this PDF do something by itself, so that no browser should show it? A content never changes."""
    return does_something(path_of(sha256).read_bytes())


def keep(file: BinaryIO) -> Stored:
    """Store what streams in; the same content is kept once. Raises Refused beyond the limit or for nothing at all."""
    folder = settings().files_dir
    folder.mkdir(parents=True, exist_ok=True)
    passing = settings().data_dir / "uploads"
    passing.mkdir(parents=True, exist_ok=True)
    waiting = passing / secrets.token_hex(16)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with waiting.open("xb") as target:
            while block := file.read(BLOCK):
                size += len(block)
                if size > settings().upload_mb * 1_000_000:
                    raise Refused(f"A file may have at most {settings().upload_mb} MB.")
                head = head or block[:HEAD]
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise Refused("This file is empty.")
        place = path_of(digest.hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        waiting.replace(place)
    finally:
        waiting.unlink(missing_ok=True)
    return Stored(digest.hexdigest(), size, media_type(head, is_text=looks_like_text(head, whole=size <= HEAD)))
