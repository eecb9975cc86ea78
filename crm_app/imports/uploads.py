"""Files that wait to be imported: kept in the data folder under a name of our own, for a day."""

import io
import secrets
import time
from pathlib import Path
from typing import BinaryIO

from crm_app.core.config import settings
from crm_app.core.errors import Refused

KEEP_SECONDS = 24 * 3600
BLOCK = 1 << 20


def _folder() -> Path:
    folder = settings().data_dir / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep_upload(file: BinaryIO, limit_mb: int | None = None) -> Path:
    """Store an uploaded file while it streams in. Raises Refused beyond the limit; nothing is left then."""
    limit = limit_mb or settings().import_mb
    forget_old()
    path = _folder() / f"{secrets.token_hex(16)}.csv"
    size = 0
    try:
        with path.open("xb") as target:
            while block := file.read(BLOCK):
                size += len(block)
                if size > limit * 1024 * 1024:
                    raise Refused(f"This file is larger than {limit} MB, the most that can be imported.")
                target.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def save_upload(data: bytes) -> Path:
    """Store what was received as a whole. Raises Refused beyond the limit."""
    return keep_upload(io.BytesIO(data))


def forget_old() -> None:
    """Uploads of more than a day ago are deleted; a run that long broken off cannot go on."""
    horizon = time.time() - KEEP_SECONDS
    for path in _folder().glob("*.csv"):
        if path.stat().st_mtime < horizon:
            path.unlink(missing_ok=True)
