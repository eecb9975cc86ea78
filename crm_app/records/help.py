"""The help of every field: what the data dictionary says of it, the term that it belongs to, or what it may hold."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import Field, kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import clip
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.custom.fields import FIELDED, Definition
from crm_app.records.dictionary.rows import NO_HELP, Help
from crm_app.records.dictionary.wording import PLAIN_TYPES, plain_fields, rule_words, type_words
from crm_app.tables import FieldNote, Term

term, note = table_of(Term), table_of(FieldNote)
MOST_WORDS, TERMS = 300, "/terms"
BESIDE = {
    "created_at": "When it was put into Kith.",
    "updated_at": "When it was last changed.",
    "tags": "Words of your own by which records are found together.",
}


def terms_of(session: Session, kind_name: str) -> dict[str, Help]:
    """By the name of the field its term and where it is defined; of two terms for one field the first counts."""
    query = select(term.c.id, term.c.name, term.c.definition, term.c.fields).where(term.c.deleted_at.is_(None))
    found: dict[str, Help] = {}
    for row in session.connection().execute(query.order_by(term.c.position, term.c.id)):
        for name in row.fields:
            of, _, field = str(name).partition(".")
            if of == kind_name:
                words = clip(f"{row.name}: {row.definition}", MOST_WORDS)
                found.setdefault(field, Help(words, f"{TERMS}#term-{row.id}"))
    return found


def anchor_of(field: str) -> str:
    """Where an entry of the dictionary stands on its page."""
    return f"field-{field.removeprefix('custom.')}"


def helps_of(session: Session, kind_name: str, custom: Mapping[int, Definition] | None = None) -> dict[str, Help]:
    """By the name of every field what it means: as the dictionary says, else its term, else its type and rule.

    It leads to the term where there is one, else to the entry of the dictionary. `custom` are the custom fields of the
    kind, if they are at hand.
    """
    known, terms = kind(kind_name), terms_of(session, kind_name)
    further = definitions(session, kind_name) if custom is None and kind_name in FIELDED else custom or {}
    said = _said(session, kind_name, further)
    labels = {name: f.label for name, f in fields_with_custom(known, further.values()).items()}
    found: dict[str, Help] = {}
    for field in (*plain_fields(known), *(d.field for d in further.values())):
        of_term = terms.get(field.name, NO_HELP)
        written = said.get(field.name) or of_term.words
        definition = further.get(int(field.name[7:])) if field.name.startswith("custom.") else None
        href = of_term.href or _entry(kind_name, field.name)
        found[field.name] = Help(written or _usual(field, definition, labels), href, not written)
    for children in known.children:
        for field in children.fields:
            found.setdefault(
                f"{children.name}.{field.name}", Help(_usual(field, None, labels), _entry(kind_name), True)
            )
    return found


def help_in(helps: Mapping[str, Help], kind_name: str, name: str, type_: str) -> Help:
    """That of a field of a list or page, also of what stands beside the record and in no catalogue."""
    return helps.get(name) or Help(BESIDE.get(name) or f"{PLAIN_TYPES.get(type_, type_)}.", _entry(kind_name), True)


def _entry(kind_name: str, field: str = "") -> str:
    """Where the dictionary has it; of the kinds that it does not have, the terms are all there is."""
    if kind_name not in FIELDED:
        return TERMS
    return f"/dictionary?kind={kind_name}" + (f"#{anchor_of(field)}" if field else "")


def _said(session: Session, kind_name: str, further: Mapping[int, Definition]) -> dict[str, str]:
    """What somebody has written of a field in the dictionary."""
    query = select(note.c.name, note.c.meaning).where(note.c.deleted_at.is_(None))
    rows = session.connection().execute(query.where(note.c.name.startswith(f"{kind_name}.")))
    found = {row.name.partition(".")[2]: clip(row.meaning, MOST_WORDS) for row in rows if row.meaning}
    return found | {d.name: clip(f"{d.label}: {d.help}", MOST_WORDS) for d in further.values() if d.help}


def _usual(field: Field, definition: Definition | None, labels: Mapping[str, str]) -> str:
    return clip(". ".join([type_words(field, definition), *rule_words(field, definition, labels)]) + ".", MOST_WORDS)
