"""What the dialog for a new record gets from the server."""

from dataclasses import dataclass, field

from crm_app.records.dictionary.rows import NO_HELP, Help
from crm_app.records.listing import Option


@dataclass(frozen=True)
class FormField:
    """One field; `value` is what it starts with, `shown` the title of a reference that is given."""

    name: str
    label: str
    type: str
    required: bool = False
    choices: list[Option] = field(default_factory=list)
    ref: str = ""
    value: str = ""
    shown: str = ""
    help: Help = NO_HELP
    vocabulary: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Form:
    """The dialog; a new `n` opens it. `given` counts the fields that the caller filled in.

    `compares`: as it is typed, those who are here already are shown beside it. `conditional`: what is typed decides
    which fields are shown and demanded.
    """

    n: int = 0
    kind: str = ""
    label: str = ""
    fields: list[FormField] = field(default_factory=list)
    given: int = 0
    compares: bool = False
    conditional: bool = False


@dataclass(frozen=True)
class Conditions:
    """The custom fields that are hidden and those that are demanded, as an answer to the question `n`."""

    n: int = 0
    kind: str = ""
    hidden: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Created:
    """How the last try ended: `n` grows with each; without errors `id` is the new record, called `title`.

    `likely`: nothing was saved yet, for it may be here already; what was found stands beside the form.
    """

    n: int = 0
    kind: str = ""
    id: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    title: str = ""
    likely: bool = False
