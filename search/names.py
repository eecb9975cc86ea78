"""Names that mean the same thing although they are not written the same."""

import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process


def squeeze(name: str) -> str:
    """Without case, accents, spaces and punctuation: `GTX Pro`, `gtx-pro` and `GTXPro` are one."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


class NameIndex:
    """Ids by squeezed name; a name that several records share finds none of them."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._found: dict[str, dict[int, str]] = {}
        for id, name in rows:
            self.add(id, name)

    def add(self, id: int, name: str) -> None:
        self._found.setdefault(squeeze(name), {})[id] = name

    def find(self, name: str) -> tuple[int, str] | None:
        """The one record whose name is the same but for spelling, with its name."""
        found = self._found.get(squeeze(name), {})
        return next(iter(found.items())) if len(found) == 1 and squeeze(name) else None


def closest(name: str, names: Sequence[str], least: float = 75.0) -> str | None:
    """The most similar name, for a suggestion in a message; never taken without asking."""
    found = process.extractOne(name, names, scorer=fuzz.WRatio, score_cutoff=least, processor=squeeze)
    return found[0] if found else None
