"""The dictionary as its page and its file show it."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.kinds import Field
from crm_app.core.changes.working import table_of
from crm_app.core.reader import day_and_time, numeral
from crm_app.core.text import neutral
from crm_app.identity.policy import FIELD_EDIT, FIELD_READ, ROLE_NAMES, decide, may, scope
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.custom.fields import FIELDED, Definition
from crm_app.records.dictionary.askers import asked
from crm_app.records.dictionary.rows import Help
from crm_app.records.dictionary.wording import plain_fields, rule_words, type_words
from crm_app.records.help import anchor_of, terms_of
from crm_app.records.listing.rows import Option
from crm_app.tables import CustomField, FieldFill, FieldNote, User

note, fill, custom_field, user = table_of(FieldNote), table_of(FieldFill), table_of(CustomField), table_of(User)
COLUMNS = ("Kind", "Field", "Name", "Type", "Meaning", "Rule", "Seen by", "Edited by", "Responsible", "Filled", "As of")


@dataclass(frozen=True)
class Entry:
    """A field: `anchor` is where its help leads, `note_version` that of what is said of it here."""

    name: str = ""
    anchor: str = ""
    label: str = ""
    type: str = ""
    meaning: str = ""
    meaning_href: str = ""
    rule: str = ""
    seen: str = ""
    edited: str = ""
    responsible: str = ""
    responsible_id: str = ""
    filled: str = ""
    share: int = -1
    custom: int = 0
    said: str = ""


@dataclass(frozen=True)
class Dictionary:
    """The fields of one kind."""

    kind: str = ""
    label: str = ""
    rows: list[Entry] = field(default_factory=list)
    as_of: str = ""


def dictionary(session: Session, actor: Principal, name: str) -> Dictionary:
    """Without the fields that the actor may not see; an unknown kind is the first that the actor may read."""
    readable = readable_kinds(actor)
    name = name if name in readable else next(iter(readable), "")
    if not name:
        return Dictionary()
    known, further = kind(name), definitions(session, name)
    own = [*plain_fields(known), *(d.field for d in further.values())]
    shown = [f for f in own if decide(actor, "read", name, actor.id, f.name).allowed]
    facts = _Facts(session, known, further, whole=scope(actor, "read", name) == "all")
    fills, as_of = facts.fills, facts.as_of
    entries = [facts.entry(f, fills) for f in shown]
    local = as_of.astimezone(ZoneInfo(actor.zone)) if as_of else None
    return Dictionary(name, known.label, entries, day_and_time(local) if local else "")


def readable_kinds(actor: Principal) -> list[str]:
    """The kinds of which the actor sees something."""
    return [name for name in FIELDED if may(actor, f"{name}.read")]


def kind_choices(actor: Principal) -> list[Option]:
    """The same with their names."""
    return [Option(name, kind(name).plural) for name in readable_kinds(actor)]


class _Facts:
    """What is known of the fields of a kind, read in few statements."""

    def __init__(self, session: Session, known: Kind, further: Mapping[int, Definition], *, whole: bool) -> None:
        self.known, self.further, self.whole = known, further, whole
        run = session.connection().execute
        self.terms: dict[str, Help] = terms_of(session, known.name)
        self.asked = asked(session)
        self.labels = {n: f.label for n, f in fields_with_custom(known, further.values()).items()}
        people: dict[Any, str] = {row.id: row.name for row in run(select(user.c.id, user.c.name))}
        self.notes = {
            row.name: (row.meaning, row.responsible_id, people.get(row.responsible_id, ""))
            for row in run(select(note).where(note.c.deleted_at.is_(None), note.c.name.startswith(f"{known.name}.")))
        }
        query = select(custom_field.c.id, custom_field.c.responsible_id).where(custom_field.c.kind == known.name)
        for row in run(query):
            said = self.further[row.id].help if row.id in further else ""
            self.notes[f"{known.name}.custom.{row.id}"] = (said, row.responsible_id, people.get(row.responsible_id, ""))
        rows = run(select(fill).where(fill.c.kind == known.name)).all()
        self.fills = {row.field: (row.filled, row.total) for row in rows}
        self.as_of = max((row.as_of for row in rows), default=None)

    def entry(self, field: Field, fills: Mapping[str, tuple[int, int]]) -> Entry:
        """One field in words."""
        full = f"{self.known.name}.{field.name}"
        definition = self.further.get(int(field.name[7:])) if field.name.startswith("custom.") else None
        said, responsible_id, responsible = self.notes.get(full, ("", None, ""))
        term = self.terms.get(field.name)
        filled, share = _filled(fills.get(field.name), self.whole)
        return Entry(
            full,
            anchor_of(field.name),
            field.label,
            type_words(field, definition),
            said or (term.words if term else ""),
            term.href if term else "",
            self._rule(field, definition, full),
            _readers(self.known.name, field, definition),
            _editors(self.known.name, field, definition),
            responsible,
            str(responsible_id or ""),
            filled,
            share,
            definition.id if definition else 0,
            said,
        )

    def _rule(self, field: Field, definition: Definition | None, full: str) -> str:
        places = self.asked.get(full, [])
        parts = rule_words(field, definition, self.labels)
        return ". ".join([*parts, *([f"Asked {', '.join(places)}"] if places else [])])


def _filled(counted: tuple[int, int] | None, whole: bool) -> tuple[str, int]:
    """In words and per cent; how many there are is for those who see all of them."""
    if counted is None:
        return "not counted yet", -1
    filled, total = counted
    if not total:
        return "no records", -1
    share = filled * 100 // total
    return f"{share} % ({numeral(filled)} of {numeral(total)})" if whole else f"{share} %", share


def _roles(names: Any) -> str:
    return ", ".join(str(ROLE_NAMES.get(str(name), str(name))) for name in sorted(names))


def _readers(name: str, field: Field, definition: Definition | None) -> str:
    """Who sees it, of those who see the record."""
    readers = FIELD_READ.get((name, field.name)) or (definition.read_roles if definition else ())
    return _roles({"administrator", *readers}) if readers else "Whoever sees the record"


def _editors(name: str, field: Field, definition: Definition | None) -> str:
    if not field.editable:
        return "Computed" if definition else "Nobody: it follows from what happens"
    if (name, field.name) in FIELD_EDIT:
        return "Administrator"
    editors = definition.edit_roles if definition else ()
    return _roles({"administrator", *editors}) if editors else "Whoever edits the record"


def dictionary_csv(session: Session, actor: Principal) -> str:
    """All kinds that the actor may read, one line a field; no cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for name in readable_kinds(actor):
        found = dictionary(session, actor, name)
        for e in found.rows:
            cells = (found.label, e.label, e.name, e.type, e.meaning, e.rule, e.seen, e.edited, e.responsible, e.filled)
            writer.writerow([neutral(c) for c in (*cells, found.as_of)])
    return out.getvalue()
