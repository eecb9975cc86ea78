"""The rows of a timeline as they leave the server; everything is formatted for the reader."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or is planned. `key` is its place; `id` the activity, file, deal or batch."""

    key: str
    id: int
    kind: str
    day: str = ""
    time: str = ""
    who: str = ""
    initials: str = ""
    color: str = ""
    verb: str = ""
    subject: str = ""
    href: str = ""
    about: str = ""
    about_href: str = ""
    body: str = ""
    agenda: str = ""
    minutes: str = ""
    facts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    note: str = ""
    tone: str = ""
    version: int = 0
    media_type: str = ""
    is_done: bool = True
    is_pinned: bool = False
    can_edit: bool = False
    can_undo: bool = False


@dataclass(frozen=True)
class Timeline:
    """Planned and pinned things first, then the stream; `more` if older ones are left."""

    heads: list[Event] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    more: bool = False
