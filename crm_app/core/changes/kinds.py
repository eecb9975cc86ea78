"""The registry of kinds. `crm_app.wire` fills it; nothing is registered by being imported."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlmodel import SQLModel

from crm_app.core.errors import KithError

if TYPE_CHECKING:
    from crm_app.core.changes.change import Applied, Context

FieldType = Literal[
    "text",
    "longtext",
    "int",
    "float",
    "decimal",
    "money",
    "bool",
    "date",
    "datetime",
    "choice",
    "choices",
    "ref",
    "json",
]
OnMerge = Literal["", "move", "stay", "refuse"]  # empty: no rule, which only what never is merged may do without
Row = dict[str, Any]
MERGED = "merged_into_id"  # the column of a tombstone that says into which record it was merged


@dataclass(frozen=True)
class Field:
    """A field of a kind: what it is called, what it may hold, and what can be done with it.

    `synonyms` are column headers that an import recognises. `on_delete` and `on_merge` say for a reference what
    happens to this record when the one it points to is deleted, or merged into another one: it moves along, stays with
    what it named, or stands in the way. `kind_field` is the field that says of which kind the record is to which this
    one points. With `later_wins` two people at once are no conflict, as for a place in an order. `tidy(context, text)`
    gives a new text in the form in which it is kept, or raises ValueError in plain words; `holds` says what a text
    means where lists compare and show it by a rule of its own, `vocabulary` the managed list that has its words.
    `sorts_as` is a field with an index that puts records in the same order.
    """

    name: str
    label: str
    type: FieldType = "text"
    required: bool = False
    unique: bool = False
    choices: tuple[str, ...] = ()
    ref: str = ""
    on_delete: Literal["refuse", "detach", "cascade"] = "detach"
    on_merge: OnMerge = ""
    kind_field: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 500
    sortable: bool = True
    filterable: bool = True
    searchable: bool = False
    personal: bool = False
    editable: bool = True
    currency_field: str = "currency"
    later_wins: bool = False
    synonyms: tuple[str, ...] = ()
    holds: Literal["", "phone", "url"] = ""
    vocabulary: str = ""
    sorts_as: str = ""
    tidy: "Callable[[Context, str], str] | None" = None


@dataclass(frozen=True, eq=False)
class Children:
    """A collection of parts: their table, the column that points to the root, and their fields.

    `fixed` are columns that are the same for all rows of this kind; `key` is the one field by which add/remove sets
    (`tags+`, `tags-`) find a row. `cap` bounds the number of rows. `on_merge` says whether a merge joins the rows of
    all, keeps those of the survivor, or the one that `prefer` puts highest. `alike` is what two rows have in common
    that say the same (without it: every field); `settle(record, rows)` makes joined rows agree with the record.
    Rows `by_command` are changed by the commands of their feature alone, which keep what a person may not type: no page
    or list that works for every kind takes them.
    """

    name: str
    label: str
    table: type[SQLModel]
    parent: str
    fields: tuple[Field, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    cap: int = 200
    on_merge: Literal["", "join", "one", "survivor"] = ""
    alike: Callable[[Mapping[Any, Any]], Hashable] | None = None
    prefer: Callable[[Mapping[Any, Any]], Any] | None = None
    settle: Callable[[Mapping[Any, Any], list[Row]], list[Row]] | None = None
    by_command: bool = False
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({f.name: f for f in self.fields})

    def sameness(self, row: Mapping[Any, Any]) -> Hashable:
        """Equal for two rows that say the same."""
        if self.alike is not None:
            return self.alike(row)
        return row[self.key] if self.key else tuple(row[f.name] for f in self.fields)


@dataclass(frozen=True, eq=False)
class Kind:
    """Everything that Kith knows of one kind of record; lists, imports, gates and history follow from it.

    `gate(context, before, after)` answers with what is missing for this transition, by field. `complete(context,
    before, after)` answers with values (and patches of collections) that follow from the change and are recorded with
    it; both are asked as well when only a collection of `watched` changes. `seal(context, before,
    after, touched)` answers why these fields and parts of a record, such as an issued document, stay as they are; it
    binds every source, undo and delete (`deleted_at`) as well. `path` is where its records live in the app; `columns`
    and `sort` (`-` first: descending) are what a list shows at first; `summary` are
    the fields that tell one record from another in a line; `form` are those that the dialog for a new one asks for
    (`emails.value`: the first e-mail); `order` is the column by which references are sorted;
    `likeness` says by which fields and parts two records are known to be one, under the names that duplicates are
    compared by (`search.duplicates.fields.GIVEN`; `name` is a whole name that stands where its parts are empty);
    `together` are fields that say one thing, such as the parts of a name: a merge proposes those of one record.
    """

    name: str
    label: str
    plural: str
    table: type[SQLModel]
    fields: tuple[Field, ...]
    children: tuple[Children, ...] = ()
    title: str = "name"
    owner: str | None = "owner_id"
    derived: frozenset[str] = frozenset()
    gate: "Callable[[Context, Row | None, Row], dict[str, str]] | None" = None
    gate_fields: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()
    complete: "Callable[[Context, Row | None, Row], Row] | None" = None
    seal: "Callable[[Context, Row, Row, frozenset[str]], str] | None" = None
    path: str = ""
    columns: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    sort: str = ""
    order: str = "sort_key"
    likeness: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)
    child_by_name: dict[str, Children] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def mergeable(self) -> bool:
        """May records of this kind be merged into each other?"""
        return MERGED in self.by_name

    def __post_init__(self) -> None:
        self.by_name.update({f.name: f for f in self.fields})
        self.child_by_name.update({c.name: c for c in self.children})


_kinds: dict[str, Kind] = {}
_gates: "dict[str, list[Callable[[Context, Row | None, Row], dict[str, str]]]]" = {}
_guards: "dict[str, list[Callable[[Context, Row | None, Row], dict[str, str]]]]" = {}
_hooks: "list[Callable[[Context, list[Applied]], None]]" = []


def register(new: Kind) -> None:
    """Make a kind known. Raises ValueError if the name is taken by another one."""
    if _kinds.get(new.name, new) is not new:
        raise ValueError(f"kind {new.name!r} is registered twice")
    _kinds[new.name] = new


def register_hook(hook: "Callable[[Context, list[Applied]], None]") -> None:
    """Call `hook` after the rows of every `apply_many` are written, in the same transaction."""
    if hook not in _hooks:
        _hooks.append(hook)


def register_gate(name: str, gate: "Callable[[Context, Row | None, Row], dict[str, str]]") -> None:
    """A feature above a kind adds what it asks of the transitions of that kind, beside the kind's own gate."""
    known = _gates.setdefault(name, [])
    if gate not in known:
        known.append(gate)


def gates_of(known: Kind) -> "list[Callable[[Context, Row | None, Row], dict[str, str]]]":
    """The gate of the kind, and those that others have added."""
    return [*([known.gate] if known.gate else []), *_gates.get(known.name, ())]


def register_guard(name: str, guard: "Callable[[Context, Row | None, Row], dict[str, str]]") -> None:
    """What of a gate is a right: an undo passes the gate, and is held to this."""
    known = _guards.setdefault(name, [])
    if guard not in known:
        known.append(guard)


def guards_of(known: Kind) -> "list[Callable[[Context, Row | None, Row], dict[str, str]]]":
    """What an undo is held to."""
    return list(_guards.get(known.name, ()))


def hooks() -> "list[Callable[[Context, list[Applied]], None]]":
    """The hooks in the order of their registration."""
    return list(_hooks)


def kind(name: str) -> Kind:
    """The kind of that name. Raises KithError for an unknown one."""
    try:
        return _kinds[name]
    except KeyError:
        raise KithError(f"There is no kind of record called {name!r}.") from None


def kinds() -> list[Kind]:
    """All kinds, in the order of their registration."""
    return list(_kinds.values())


def references_to(name: str) -> list[tuple[Kind, Field]]:
    """Which fields of which kinds point to records of this kind."""
    return [(k, f) for k in _kinds.values() for f in k.fields if f.ref == name]
