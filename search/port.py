"""What an engine can do; `search.embedded` and `search.meili` are held to it by one contract test."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Protocol

from search.documents import Changes, Document, Found
from search.filters import Filter

FORMAT = 5  # of documents and schema; an index of another format is built anew
FACETS = ("kind", "owner", "stage")


def version_of(shape: Iterable[str]) -> str:
    """The version of an index: the format, and a hash of what whoever fills it says is in it."""
    return f"{FORMAT}-{blake2b(chr(10).join(shape).encode(), digest_size=4).hexdigest()}"


class Unavailable(Exception):
    """The engine cannot be reached, or refused; what was to be written must be tried again."""


class Missing(Unavailable):
    """There is no whole index of this version; it must be built."""


class Damaged(Missing):
    """There is an index, but it cannot be used: unreadable, or of another version."""


class Engine(Protocol):
    """An index of documents. Every method may raise Unavailable, most often Missing."""

    def search(
        self,
        text: str,
        *,
        where: Filter | None = None,
        limit: int = 10,
        mine: int | None = None,
        facets: Sequence[str] = (),
    ) -> Found:
        """The documents that fit the text and the filter, best first; those of owner `mine` before equals."""
        ...

    def is_ready(self) -> bool:
        """Is there a whole index of this version? Raises Unavailable if the engine cannot say."""
        ...

    def update(self, read: Callable[[], Changes]) -> None:
        """Write what `read` answers with; it is called when it is this writer's turn, so nothing older overwrites."""
        ...

    def rebuild(self, batches: Iterable[list[Document]], catch_up: Callable[[], Changes]) -> int:
        """Build an index beside the one in use, catch up with what changed meanwhile, swap; gives the documents."""
        ...

    def digests(self) -> Iterator[tuple[str, str]]:
        """Key and digest of every document in the index."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
