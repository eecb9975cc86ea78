"""Putting restored files in place: what stood there is set aside, and an interruption leaves a mark."""

import os
import shutil
from pathlib import Path

_MARK = "restore-in-progress"


def unfinished_restore(data_dir: Path) -> str | None:
    """Where an interrupted restore had set things aside, or None."""
    mark = data_dir / _MARK
    return mark.read_text(encoding="utf-8") if mark.exists() else None


def begin(data_dir: Path, aside: Path) -> None:
    """Leave the mark before the first file is moved."""
    with (data_dir / _MARK).open("w", encoding="utf-8") as mark:
        mark.write(str(aside))
        mark.flush()
        os.fsync(mark.fileno())


def finish(data_dir: Path) -> None:
    """Everything is in place."""
    (data_dir / _MARK).unlink(missing_ok=True)


def exchange(present: list[Path], staged: list[tuple[Path, Path]], aside: Path) -> bool:
    """Move `present` aside and each staged path to its place; puts all back on an error. Tells if any was."""
    moved: list[tuple[Path, Path]] = []
    try:
        for path in present:
            if path.exists():
                aside.mkdir(parents=True, exist_ok=True)
                shutil.move(path, aside / path.name)
                moved.append((aside / path.name, path))
        for source, target in staged:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)
            moved.append((target, source))
    except OSError:
        for now_at, was_at in reversed(moved):
            shutil.move(now_at, was_at)
        raise
    return any(now_at.parent == aside for now_at, _ in moved)
