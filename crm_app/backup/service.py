"""`kith backup` and `kith restore`."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from alembic.script import ScriptDirectory

from crm_app.backup import postgres, sqlite, swap
from crm_app.backup.access import end_access
from crm_app.backup.archive import Manifest, unpack, write_archive
from crm_app.backup.lock import Locked, hold_lock
from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.core.errors import Refused

_SCRIPTS = Path(__file__).parent.parent / "migrations"


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    path: Path
    size: int
    revision: str | None
    rows: int
    files: int


@dataclass(frozen=True)
class Restored:
    """A finished restore; `aside` is where what it replaced lies, None if there was nothing."""

    path: Path
    revision: str | None
    rows: int
    files: int
    aside: Path | None


def _stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Blobs are immutable: those the snapshot knows are complete, a later one does no harm."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not path.name.endswith((".part", ".tmp")):
            yield f"files/{path.relative_to(folder).as_posix()}", path


def _counts(manifest: Manifest) -> tuple[int, int]:
    return sum(manifest.tables.values()), sum(name.startswith("files/") for name in manifest.members)


def backup(target: Path) -> Backup:
    """Write database and files into one archive, while Kith runs. Raises Refused; never overwrites."""
    chosen = settings()
    target = Path(target).resolve()
    if target.exists():
        raise Refused(f"{target} already exists")
    chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.data_dir, prefix=".backup-") as work:
        kind = "sqlite" if chosen.is_sqlite else "postgresql"
        name = f"database.{'sqlite' if chosen.is_sqlite else 'dump'}"
        copy = Path(work) / name
        revision, tables = (sqlite if chosen.is_sqlite else postgres).snapshot(chosen.database, copy)
        empty = Manifest(now().isoformat(timespec="seconds"), version("kith"), kind, revision, tables)
        manifest = write_archive(target, empty, [(name, copy), *_stored_files(chosen.files_dir)])
    rows, files = _counts(manifest)
    return Backup(target, target.stat().st_size, revision, rows, files)


def _known(revision: str | None) -> None:
    """A backup of a newer Kith would only be refused at the next start. Raises Refused."""
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise Refused(f"the backup was made by a newer version of Kith (revision {revision})")


def _aside() -> Path:
    """A new place for what a restore replaces."""
    first = settings().data_dir / f"replaced-{now():%Y%m%d-%H%M%S}"
    names = (first if n == 0 else first.with_name(f"{first.name}-{n}") for n in range(1000))
    return next(path for path in names if not path.exists())


def restore(source: Path) -> Restored:
    """Replace database and files by those of an archive; what they replace is set aside. Everybody signs in again.

    Refuses, with nothing touched, while Kith runs or when the archive is not whole."""
    data_dir = settings().data_dir
    db.dispose()
    try:
        lock = hold_lock(data_dir, exclusive=True)
    except Locked as error:
        raise Refused(f"{error}; stop it first") from None
    with lock, tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as work:
        staged = Path(work)
        manifest = unpack(Path(source).resolve(), staged)
        kind = "sqlite" if settings().is_sqlite else "postgresql"
        if manifest.database != kind:
            raise Refused(f"this is a backup of a {manifest.database} database, this one is {kind}")
        _known(manifest.revision)
        aside = _aside()
        kept = _restore_sqlite(staged, aside, manifest) if kind == "sqlite" else _restore_pg(staged, aside, manifest)
        rows, files = _counts(manifest)
        return Restored(Path(source), manifest.revision, rows, files, aside if kept else None)


def _exchange_files(staged: Path, aside: Path, present: list[Path], new: list[tuple[Path, Path]]) -> bool:
    files = settings().files_dir
    (staged / "files").mkdir(exist_ok=True)
    return swap.exchange([*present, files], [*new, (staged / "files", files)], aside)


def _restore_sqlite(staged: Path, aside: Path, manifest: Manifest) -> bool:
    live = sqlite.path_of(settings().database)
    sqlite.verify(staged / "database.sqlite", manifest.tables)
    end_access(f"sqlite:///{staged / 'database.sqlite'}")
    swap.begin(settings().data_dir, aside)
    present = [live, *(live.with_name(live.name + end) for end in ("-wal", "-shm"))]
    kept = _exchange_files(staged, aside, present, [(staged / "database.sqlite", live)])
    swap.finish(settings().data_dir)
    return kept


def _restore_pg(staged: Path, aside: Path, manifest: Manifest) -> bool:
    url = settings().database
    postgres.assert_alone(url)
    saved = staged / "replaced.dump"
    if postgres.snapshot(url, saved)[1]:
        aside.mkdir(parents=True)
        shutil.move(saved, aside / "database.dump")
    swap.begin(settings().data_dir, aside)
    postgres.replace(url, staged / "database.dump", manifest.tables)
    end_access(url)
    _exchange_files(staged, aside, [], [])
    swap.finish(settings().data_dir)
    return aside.exists()
