"""What is indexed, and what comes back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Document:
    """One record as it can be found. `importance` (0 to 1) is that of its kind; `updated` is in seconds since 1970."""

    kind: str
    id: int
    title: str
    body: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    owner: int | None = None
    stage: int | None = None
    updated: int = 0
    importance: float = 0.5

    @property
    def key(self) -> str:
        """Its name in the index."""
        return f"{self.kind}-{self.id}"

    @property
    def digest(self) -> str:
        """A hash of all of it, to tell whether an index holds this very document."""
        raw = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()
        return blake2b(raw, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found. `tier`: how well its worst word fits, see `search.ranking`."""

    kind: str
    id: int
    title: str
    owner: int | None
    stage: int | None
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The best documents first; `facets`: for each field that was asked for, how many documents have which value."""

    hits: list[Hit] = field(default_factory=list)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents as they are now, and the keys of those that are no more."""

    documents: list[Document] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
