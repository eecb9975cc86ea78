"""What a list can show and ask for: the catalogue's fields, parts such as e-mails, tags, custom fields, and dates."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause
from sqlmodel import Session, SQLModel

from crm_app.core.actor import Principal
from crm_app.core.changes import Children, Field, Kind, kind
from crm_app.core.changes.kinds import MERGED
from crm_app.identity.policy import decide
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import inputs_of
from crm_app.records.custom.fields import Definition
from crm_app.tables import CustomValue

PART_LABELS = frozenset({"label", "is_primary", "type", "note", "quantity"})
META = (("created_at", "Created"), ("updated_at", "Changed"))


@dataclass(frozen=True)
class Beside:
    """Where a value is kept beside its record, in a table with an index by `fixed`, `column` and `record_id`.

    `first` tells the one row by which records are sorted, where there may be several. `joined` is that table where a
    query has joined the one row of each record already, so that nothing need be looked for.
    """

    table: type[SQLModel]
    column: str
    fixed: Mapping[str, Any]
    first: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    joined: FromClause | None = dataclasses.field(default=None, compare=False)


@dataclass(frozen=True)
class ListField:
    """A field of a list. `children` and `custom` say where its value lives if it is no column of the record.

    `beside` says where an index has it; `words` are those of choices that do not read as they are kept. `aside`: the
    filter names records, of which fewer are looked at than of what is empty here.
    """

    name: str
    label: str
    type: str
    field: Field | None = None
    children: Children | None = None
    custom: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)
    definition: Definition | None = None
    beside: Beside | None = None
    aside: bool = False

    @property
    def ref(self) -> str:
        return self.field.ref if self.field else ""

    @property
    def choices(self) -> tuple[str, ...]:
        return self.field.choices if self.field else ()

    @property
    def is_phone(self) -> bool:
        """A number: shown in groups, dialled by a link, compared by its digits."""
        return self.field is not None and self.field.holds == "phone"

    @property
    def sortable(self) -> bool:
        plain = (self.children is None or self.beside is not None) and self.type not in (
            "tags",
            "longtext",
            "json",
            "choices",
        )
        return plain and (self.field is None or self.field.sortable)

    @property
    def filterable(self) -> bool:
        return self.type != "json" and (self.field is None or self.field.filterable)

    @property
    def groupable(self) -> bool:
        return (
            self.sortable
            and self.children is None
            and self.type in ("choice", "ref", "bool", "text")
            and not (self.field and self.field.unique)
        )

    @property
    def is_url(self) -> bool:
        """An address that leads out of Kith."""
        return self.field is not None and self.field.holds == "url"

    @property
    def editable(self) -> bool:
        """One value of the record itself, custom or not: edited on its page, and of many at once."""
        own = self.field is not None and self.field.editable
        return own and self.children is None and self.type not in ("json", "tags")

    @property
    def in_place(self) -> bool:
        """Edited in a list as well: also the tags together, and a text of the first part."""
        part = self.children is not None and not self.children.by_command and self.type == "text"
        part = part and (self.field is None or self.field.editable)
        return self.editable or self.type == "tags" or part

    @property
    def numeric(self) -> bool:
        return self.type in ("int", "float", "decimal", "money")


Provider = Callable[[Session, str, Mapping[int, Definition]], Iterable[ListField]]
_more: dict[str, Provider] = {}


def register_fields(name: str, provider: Provider) -> None:
    """A feature adds fields to lists: those that it finds for `provider(session, kind, its custom fields)`.

    The custom fields are those that the reader may see.
    """
    _more[name] = provider


def fields_of(session: Session, actor: Principal, kind_name: str) -> dict[str, ListField]:
    """By name, in the order of the catalogue; without those that the actor may not read."""
    known = kind(kind_name)
    found = [ListField(f.name, f.label, f.type, f) for f in known.fields if f.type != "json" and f.name != MERGED]
    found += [part for children in known.children for part in _parts(children)]
    custom = definitions(session, kind_name)
    found += [listed(definition) for definition in custom.values()]
    found += [ListField(name, label, "datetime") for name, label in META]
    seen = {id: one for id, one in custom.items() if _readable(actor, known, listed(one), custom)}
    found += [field for provider in _more.values() for field in provider(session, kind_name, seen)]
    return {f.name: f for f in found if _readable(actor, known, f, custom)}


def _parts(children: Children) -> list[ListField]:
    if children.key == "tag_id":
        return [ListField("tags", children.label, "tags", None, children)]
    shown = [f for f in children.fields if f.name not in PART_LABELS and f.type in ("text", "ref", "choice")]
    alone = len(shown) == 1
    names = {f.name: f.label if alone else f"{children.label}: {f.label.lower()}" for f in shown}
    return [ListField(f"{children.name}.{f.name}", names[f.name], f.type, f, children) for f in shown]


def listed(definition: Definition) -> ListField:
    """A custom field of a list."""
    field = definition.field
    number = str(definition.id)
    words = definition.labels
    return ListField(
        definition.name, field.label, field.type, field, None, number, words, definition, _kept(definition)
    )


def _kept(definition: Definition) -> Beside | None:
    """Long texts are kept with their record only."""
    if definition.listed_as == "longtext":
        return None
    column = "text" if definition.listed_as in ("text", "date", "choice", "choices") else "number"
    return Beside(CustomValue, column, {"field_id": definition.id}, {"place": 0})


def _readable(actor: Principal, known: Kind, field: ListField, custom: dict[int, Definition]) -> bool:
    """A formula says what its fields say: whoever may not read one of them does not read it either."""
    if actor.system:
        return True
    names = [field.name] if field.custom else [field.name.partition(".")[0], field.name]
    if field.definition is not None and field.definition.is_computed:
        names += inputs_of(field.definition, custom)
    return all(decide(actor, "read", known.name, actor.id, name) for name in names)
