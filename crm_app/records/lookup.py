"""Finding a record of any kind by its title, for the fields that point to one."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind, kinds
from crm_app.core.changes.kinds import references_to
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.text import like, sort_key
from crm_app.records.reading import may_see, titles

MOST = 8


@dataclass(frozen=True)
class RefOption:
    """A record that can be chosen; the note tells namesakes apart."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Found:
    """What a look-up found, with the question, so that a late answer to an earlier one is not shown."""

    kind: str = ""
    text: str = ""
    options: list[RefOption] = field(default_factory=list)


def find_refs(session: Session, actor: Principal, name: str, text: str) -> Found:
    """Living records that the actor may see and whose title contains the text, accents aside; beginnings come first.

    Raises NotFound for a kind that no field points to.
    """
    if not _is_pointed_at(name):
        raise NotFound
    known, wanted = kind(name), sort_key(text)
    if not wanted:
        return Found(name, text)
    table = table_of(known.table)
    begins = table.c.sort_key.like(like(wanted)[1:], escape="\\")
    note = next((f for f in known.fields if f.ref in ("company", "pipeline")), None)
    query = (
        select(table.c.id, table.c[known.title].label("title"), *([table.c[note.name].label("near")] if note else []))
        .where(table.c.sort_key.like(like(wanted), escape="\\"), table.c.deleted_at.is_(None), may_see(actor, known))
        .order_by(begins.desc(), table.c.sort_key, table.c.id)
        .limit(MOST)
    )
    rows = session.connection().execute(query).all()
    near = titles(session, actor, [(note.ref, r.near) for r in rows if r.near]) if note else {}
    return Found(
        name, text, [RefOption(str(r.id), r.title, near.get((note.ref, r.near), "") if note else "") for r in rows]
    )


def _is_pointed_at(name: str) -> bool:
    """By a field of a record or of one of its parts."""
    parts = [f for known in kinds() for children in known.children for f in children.fields]
    return bool(references_to(name)) or any(f.ref == name for f in parts)
