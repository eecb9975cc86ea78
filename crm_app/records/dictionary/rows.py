"""What the browser gets of the dictionary beside a field."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Help:
    """What a field means here and where that is written; `usual`: nobody has said, so it is what it may hold."""

    words: str = ""
    href: str = ""
    usual: bool = False


NO_HELP = Help()
