"""The help of a field: the organisation's term for it, where there is one; of a custom field what it means."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.core.text import clip
from crm_app.records.custom.definitions import definitions
from crm_app.tables import Term

term = table_of(Term)


@dataclass(frozen=True)
class Help:
    """What a field means here, and where that is written."""

    words: str
    href: str


NO_HELP = Help("", "")


def helps_of(session: Session, kind: str) -> dict[str, Help]:
    """By the name of the field; of two terms for one field the first counts."""
    query = select(term.c.id, term.c.name, term.c.definition, term.c.fields).where(term.c.deleted_at.is_(None))
    found: dict[str, Help] = {}
    for definition in definitions(session, kind).values():
        if definition.help:
            words = clip(f"{definition.label}: {definition.help}", 300)
            found[definition.name] = Help(words, f"/dictionary?kind={kind}#field-{definition.id}")
    for row in session.connection().execute(query.order_by(term.c.position, term.c.id)):
        for name in row.fields:
            of, _, field = str(name).partition(".")
            if of == kind:
                found.setdefault(field, Help(clip(f"{row.name}: {row.definition}", 300), f"/terms#term-{row.id}"))
    return found
