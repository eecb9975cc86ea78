"""What can go wrong in a command, in words for the person who gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class KithError(Exception):
    """A refusal that a person may read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(KithError):
    """Fields that do not hold, each with its reason."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class Forbidden(KithError):
    """The actor has no right to this."""


class NotFound(KithError):
    """No such record, or none that the actor may know of."""

    def __init__(self, message: str = "This record does not exist or was deleted.") -> None:
        super().__init__(message)


@dataclass(frozen=True)
class FieldConflict:
    """One field that two people changed: what you wanted, what stands now, what you saw."""

    field: str
    yours: Any
    theirs: Any
    original: Any


class Conflict(KithError):
    """Somebody else changed the same fields in the meantime."""

    def __init__(self, conflicts: Sequence[FieldConflict], version: int) -> None:
        names = ", ".join(c.field for c in conflicts)
        super().__init__(f"Somebody changed this in the meantime: {names}.")
        self.conflicts = list(conflicts)
        self.version = version


class Refused(KithError):
    """A command that would break something; `items` lists what stands in the way."""

    def __init__(self, message: str, items: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.items = list(items)


class LikelyDuplicate(Refused):
    """A new record looks like others that are there; `matches` says which, as far as the actor may know of them.

    Whoever has seen them and means another one says so (`Change.apart_from`).
    """

    def __init__(self, label: str, matches: Sequence[Any]) -> None:
        items = [
            f"{m.name}, {m.owner_name or 'nobody'} owns it{': ' + m.reasons if m.reasons else ''}" for m in matches
        ]
        who = f"a {label.lower()} who" if label == "Person" else f"a {label.lower()} that"
        super().__init__(f"This looks like {who} is here already: {'; '.join(items)}. Nothing was saved yet.", items)
        self.matches = list(matches)


def field_errors(refusal: KithError, field: str) -> dict[str, str]:
    """What a form shows under which field; a refusal of the whole stands under `field`."""
    if isinstance(refusal, Invalid):
        return dict(refusal.fields)
    again = " Close this, look again, and repeat your change." if isinstance(refusal, Conflict) else ""
    return {field: refusal.message + again}
