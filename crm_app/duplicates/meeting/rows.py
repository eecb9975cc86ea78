"""What the panel beside a form gets from the server."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A record that may be the same; of a hidden one there is its name and owner, nothing else."""

    kind: str
    id: int
    name: str
    owner: str
    words: str = ""
    tone: str = ""
    percent: str = ""
    reasons: list[str] = field(default_factory=list)
    visible: bool = False
    url: str = ""
    asked: bool = False


@dataclass(frozen=True)
class Met:
    """The answer to the question `n` of a form."""

    n: int = 0
    kind: str = ""
    rows: list[AlikeRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fill:
    """Something typed that the record which is there already does not have; `name` is that of the form."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Offer:
    """A record used instead of a new one, and what it could take; `done`: it is chosen. A new `n` is a new answer."""

    n: int = 0
    kind: str = ""
    id: int = 0
    name: str = ""
    url: str = ""
    fills: list[Fill] = field(default_factory=list)
    done: bool = False
    problem: str = ""
