"""The help of a field: what is said of it in the data dictionary, or the term that it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.core.text import clip
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.fields import FIELDED, Definition
from crm_app.tables import FieldNote, Term

term, note = table_of(Term), table_of(FieldNote)
MOST_WORDS = 300


@dataclass(frozen=True)
class Help:
    """What a field means here, and where that is written."""

    words: str
    href: str


NO_HELP = Help("", "")


def terms_of(session: Session, kind: str) -> dict[str, Help]:
    """By the name of the field its term and where it is defined; of two terms for one field the first counts."""
    query = select(term.c.id, term.c.name, term.c.definition, term.c.fields).where(term.c.deleted_at.is_(None))
    found: dict[str, Help] = {}
    for row in session.connection().execute(query.order_by(term.c.position, term.c.id)):
        for name in row.fields:
            of, _, field = str(name).partition(".")
            if of == kind:
                words = clip(f"{row.name}: {row.definition}", MOST_WORDS)
                found.setdefault(field, Help(words, f"/terms#term-{row.id}"))
    return found


def anchor_of(field: str) -> str:
    """Where an entry of the dictionary stands on its page."""
    return f"field-{field.removeprefix('custom.')}"


def helps_of(session: Session, kind: str, custom: Mapping[int, Definition] | None = None) -> dict[str, Help]:
    """By the name of the field what is said of it in the dictionary, else its term; it leads to the dictionary.

    `custom` are the custom fields of the kind, if they are at hand.
    """
    terms = terms_of(session, kind)
    if kind not in FIELDED:
        return terms
    said = {name: one.words for name, one in terms.items()}
    notes = select(note.c.name, note.c.meaning).where(note.c.deleted_at.is_(None), note.c.name.startswith(f"{kind}."))
    for row in session.connection().execute(notes):
        if row.meaning:
            said[row.name.partition(".")[2]] = clip(row.meaning, MOST_WORDS)
    for definition in (definitions(session, kind) if custom is None else custom).values():
        if definition.help:
            said[definition.name] = clip(f"{definition.label}: {definition.help}", MOST_WORDS)
    return {name: Help(words, f"/dictionary?kind={kind}#{anchor_of(name)}") for name, words in said.items()}
