"""What is particular about importing a kind; the plain recipe serves every kind that has none of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from crm_app.core.changes.change import Change
from crm_app.imports.report import Target

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


@dataclass
class Draft:
    """A row that could be read: values by field, references still as names, parts by collection, custom values."""

    row_no: int
    raw: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    part_names: dict[str, dict[str, str]] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    id: int | None = None
    is_new: bool = False
    is_likely: bool = False
    is_left: bool = False
    same_as: "Draft | None" = None


class Recipe:
    """How a row becomes changes. Methods raise ValueError to refuse a row, in plain words.

    `extras` are columns that are no field of the kind; `own_names` are references that the recipe resolves itself;
    `supplies` are required fields that it fills; `hidden` are fields that no column goes to;
    `match` is a list of sets of fields by which a record is found again.
    """

    extras: ClassVar[tuple[Target, ...]] = ()
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    own_names: ClassVar[frozenset[str]] = frozenset()
    supplies: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[Mapping[str, Any]] = {}
    match: ClassVar[tuple[tuple[str, ...], ...]] = ()
    hidden: ClassVar[frozenset[str]] = frozenset()
    creation_source: ClassVar[str] = "import"

    def read(self, draft: Draft) -> None:
        """Look at the row before anything is looked up."""

    def prepare(self, chunk: "Chunk", drafts: list[Draft]) -> None:
        """Make what the rows need besides themselves, and fill references; refuse by `chunk.refuse`."""

    def creation(self, chunk: "Chunk", draft: Draft) -> list[Change]:
        """The changes that make the record, the first with number `row_no`, the next with `-row_no`."""
        values = {**self.defaults, **chunk.creation_values(draft)}
        return [Change(chunk.kind.name, draft.id, values, "create", row_no=draft.row_no)]

    def update(self, chunk: "Chunk", draft: Draft) -> Change:
        """The change of a record that is there already: only what the row says."""
        return Change(chunk.kind.name, draft.id, chunk.update_values(draft), row_no=draft.row_no)
