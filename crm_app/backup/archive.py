"""The archive: a zip of `database.*`, `files/…` and, last, a manifest with a checksum of each."""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from crm_app.core.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"database\.(sqlite|dump)|files/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_PIECE = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: which database, at which revision, rows by table, members with size and SHA-256."""

    made_at: str
    kith: str
    database: str
    revision: str | None
    tables: dict[str, int]
    members: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT


def _copy(source: IO[bytes], target: IO[bytes] | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
    return size, digest.hexdigest()


def write_archive(target: Path, manifest: Manifest, members: Iterable[tuple[str, Path]]) -> Manifest:
    """Write the archive beside `target` and rename it when it is whole; never over an existing file."""
    if target.exists():
        raise Refused(f"{target} already exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds password hashes
        with os.fdopen(descriptor, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                for name, path in members:
                    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as inside:
                        manifest.members[name] = _copy(source, inside)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an open archive. Raises Refused when it is not one of ours or of a later format."""
    try:
        raw = json.loads(archive.read(MANIFEST))
        raw["members"] = {name: (int(size), str(digest)) for name, (size, digest) in raw["members"].items()}
        manifest = Manifest(**raw)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Refused("this is not a backup made by Kith, or its manifest is damaged") from None
    if manifest.format != FORMAT:
        raise Refused(f"this backup has format {manifest.format}; this version of Kith reads format {FORMAT}")
    listed = sorted([*manifest.members, MANIFEST])
    if listed != sorted(archive.namelist()):
        raise Refused("the backup is damaged: its contents are not those in its manifest")
    for name in manifest.members:
        if not _NAME.fullmatch(name) or ".." in name.split("/"):
            raise Refused(f"the backup is refused: it holds a file with the name {name!r}")
    if f"database.{'sqlite' if manifest.database == 'sqlite' else 'dump'}" not in manifest.members:
        raise Refused("the backup is damaged: it holds no database")
    return manifest


def unpack(source: Path, into: Path) -> Manifest:
    """Unpack into an empty folder, every checksum verified. Raises Refused, with nothing else touched."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = read_manifest(archive)
            for name, expected in manifest.members.items():
                path = into / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as inside, path.open("wb") as out:
                    found = _copy(inside, out)
                if found != expected:
                    raise Refused(f"the backup is damaged: {name} does not have its checksum")
            return manifest
    except FileNotFoundError:
        raise Refused(f"{source} does not exist") from None
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError) as error:  # pyright: ignore[reportAttributeAccessIssue]
        raise Refused(f"the backup is damaged: {error}") from None
