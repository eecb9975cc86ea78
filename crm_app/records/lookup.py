"""Finding a record of any kind by its title, for the fields that point to one."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.working import table_of
from crm_app.records.lookups import find_records
from crm_app.records.reading import titles
from crm_app.records.vocabulary import LOOKED_UP, misspelt, propose, read_words


@dataclass(frozen=True)
class RefOption:
    """A record that can be chosen; the note tells namesakes apart."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Found:
    """What a look-up found, with the question, so that a late answer to an earlier one is not shown.

    `surely` is the term of a list that a misspelt word means.
    """

    kind: str = ""
    text: str = ""
    options: list[RefOption] = field(default_factory=list)
    surely: str = ""


def find_refs(session: Session, actor: Principal, name: str, text: str) -> Found:
    """What `find_records` finds, with the company or pipeline that tells namesakes apart; of a list, its near terms."""
    if name.startswith(LOOKED_UP):
        words = read_words(session).get(name.removeprefix(LOOKED_UP))
        return Found(name, text, [RefOption(word, word) for word in propose(words, text)], misspelt(words, text))
    options = find_records(session, actor, name, text)
    notes = _notes(session, actor, kind(name), [int(o.id) for o in options]) if options else {}
    return Found(name, text, [RefOption(o.id, o.name, notes.get(o.id, "")) for o in options])


def _notes(session: Session, actor: Principal, known: Kind, ids: list[int]) -> dict[str, str]:
    near = next((f for f in known.fields if f.ref in ("company", "pipeline")), None)
    if near is None:
        return {}
    table = table_of(known.table)
    query = select(table.c.id, table.c[near.name]).where(table.c.id.in_(ids))
    pairs = {id: (near.ref, other) for id, other in session.connection().execute(query) if other is not None}
    names = titles(session, actor, pairs.values())
    return {str(id): names.get(pair, "") for id, pair in pairs.items()}
