"""What a list can show and ask for: the catalogue's fields, parts such as e-mails, tags, custom fields, and dates."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Children, Field, Kind, kind
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import decide
from crm_app.tables import CustomField

PART_LABELS = frozenset({"label", "is_primary", "type", "note", "quantity"})
META = (("created_at", "Created"), ("updated_at", "Changed"))


@dataclass(frozen=True)
class ListField:
    """A field of a list. `children` and `custom` say where its value lives if it is no column of the record.

    `words` are those of choices that do not read as they are kept.
    """

    name: str
    label: str
    type: str
    field: Field | None = None
    children: Children | None = None
    custom: str = ""
    words: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)

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
        plain = self.children is None and self.type not in ("tags", "longtext", "json")
        return plain and (self.field is None or self.field.sortable)

    @property
    def filterable(self) -> bool:
        return self.type != "json" and (self.field is None or self.field.filterable)

    @property
    def groupable(self) -> bool:
        return (
            self.sortable and self.type in ("choice", "ref", "bool", "text") and not (self.field and self.field.unique)
        )

    @property
    def editable(self) -> bool:
        """One value of the record itself, custom or not: edited on its page, and of many at once."""
        own = self.field.editable if self.field else bool(self.custom)
        return own and self.children is None and self.type not in ("json", "tags")

    @property
    def in_place(self) -> bool:
        """Edited in a list as well: also the tags together, and a text of the first part."""
        part = self.children is not None and self.type == "text" and (self.field is None or self.field.editable)
        return self.editable or self.type == "tags" or part

    @property
    def numeric(self) -> bool:
        return self.type in ("int", "float", "decimal", "money")


Provider = Callable[[Session, str], Iterable[ListField]]
_more: dict[str, Provider] = {}


def register_fields(name: str, provider: Provider) -> None:
    """A feature adds fields to lists: those that it finds for `provider(session, kind)`."""
    _more[name] = provider


def fields_of(session: Session, actor: Principal, kind_name: str) -> dict[str, ListField]:
    """By name, in the order of the catalogue; without those that the actor may not read."""
    known = kind(kind_name)
    found = [ListField(f.name, f.label, f.type, f) for f in known.fields if f.type != "json" and f.name != MERGED]
    found += [part for children in known.children for part in _parts(children)]
    found += _custom(session, known)
    found += [ListField(name, label, "datetime") for name, label in META]
    found += [field for provider in _more.values() for field in provider(session, kind_name)]
    return {f.name: f for f in found if _readable(actor, known, f)}


def _parts(children: Children) -> list[ListField]:
    if children.key == "tag_id":
        return [ListField("tags", children.label, "tags", None, children)]
    shown = [f for f in children.fields if f.name not in PART_LABELS and f.type in ("text", "ref", "choice")]
    alone = len(shown) == 1
    names = {f.name: f.label if alone else f"{children.label}: {f.label.lower()}" for f in shown}
    return [ListField(f"{children.name}.{f.name}", names[f.name], f.type, f, children) for f in shown]


def _custom(session: Session, known: Kind) -> list[ListField]:
    table = table_of(CustomField)
    query = (
        select(table.c.id, table.c.label, table.c.type)
        .where(table.c.kind == known.name, table.c.deleted_at.is_(None))
        .order_by(table.c.id)
    )
    return [
        ListField(f"custom.{id}", label, type_, None, None, str(id))
        for id, label, type_ in session.connection().execute(query)
    ]


def _readable(actor: Principal, known: Kind, field: ListField) -> bool:
    name = field.name.partition(".")[0]
    return bool(decide(actor, "read", known.name, actor.id, name)) or actor.system
