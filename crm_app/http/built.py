"""What the server must know of the built pages; read anew as soon as they were built anew, without a restart."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crm_app.http.csp import inline_hashes

BUILT = Path(".web/build/client")


@dataclass(frozen=True)
class Built:
    """The CSP sources of all inline scripts, and the pages that are stored as folders."""

    scripts: tuple[str, ...] = ()
    folders: frozenset[str] = frozenset()


def built() -> Built:
    """Of the build that stands there now; one look at one file's time tells whether it is another one."""
    try:
        return _read(BUILT, (BUILT / "index.html").stat().st_mtime_ns)
    except FileNotFoundError:  # nothing is built yet, or just now
        return Built()


@lru_cache(maxsize=2)
def _read(folder: Path, _built_at: int) -> Built:
    scripts: set[str] = set()
    for page in sorted(folder.rglob("*.html")):
        scripts |= inline_hashes(page.read_bytes())
    return Built(tuple(sorted(scripts)), frozenset(index.parent.name for index in folder.glob("*/index.html")))
