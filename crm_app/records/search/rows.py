"""What a look-up answers with."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `hit`: it is what was looked for."""

    text: str
    hit: bool = False


def plain(pieces: Iterable[Piece]) -> str:
    """The text again."""
    return "".join(piece.text for piece in pieces)


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One record that was found, in the words of its reader."""

    kind: str
    id: int
    title: list[Piece]
    subtitle: list[Piece]
    href: str


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of all that was found have this value of `name` (kind, owner, stage)."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The best rows; `rebuilding`: the index is being made, and only beginnings of titles were compared."""

    rows: list[SearchRow] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    rebuilding: bool = False
    took_ms: float = 0.0
