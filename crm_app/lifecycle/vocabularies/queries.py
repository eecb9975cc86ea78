"""The lists as their page shows them, with how many records use each word."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold
from crm_app.records.countries import country_code
from crm_app.records.reading import may_see
from crm_app.records.vocabulary import VOCABULARIES, near_to, places_of_list, read_words
from crm_app.tables import VocabularyTerm

LOOSE, MOST = 40, 500
term = table_of(VocabularyTerm)


@dataclass(frozen=True)
class TermRow:
    """A term of a list; `code` is the ISO code of a country."""

    id: int = 0
    version: int = 0
    name: str = ""
    synonyms: list[str] = field(default_factory=list)
    said: str = ""
    used: int = 0
    code: str = ""


@dataclass(frozen=True)
class LooseRow:
    """A word that is written in records and is not in the list, with the term that is near to it."""

    text: str
    used: int
    near: str = ""
    near_id: int = 0


@dataclass(frozen=True)
class ListPage:
    """One list."""

    vocabulary: str = ""
    name: str = ""
    terms: list[TermRow] = field(default_factory=list)
    loose: list[LooseRow] = field(default_factory=list)
    more: int = 0


def list_page(session: Session, actor: Principal, vocabulary: str) -> ListPage:
    """Its terms and the loose words that the actor may see. An unknown list is the first one."""
    vocabulary = vocabulary if vocabulary in VOCABULARIES else next(iter(VOCABULARIES))
    query = select(term).where(term.c.vocabulary == vocabulary, term.c.deleted_at.is_(None)).order_by(term.c.sort_key)
    rows = session.connection().execute(query.limit(MOST)).all()
    used = used_words(session, actor, vocabulary)
    names = {fold(row.name): row.id for row in rows}
    terms = [
        TermRow(
            row.id,
            row.version,
            row.name,
            list(row.synonyms),
            ", ".join(map(str, row.synonyms)),
            sum(count for word, count in used.items() if fold(word) == fold(row.name)),
            country_code(row.name) if vocabulary == "country" else "",
        )
        for row in rows
    ]
    loose = sorted(((w, n) for w, n in used.items() if fold(w) not in names), key=lambda one: (-one[1], one[0]))
    near = near_to(read_words(session).get(vocabulary), (word for word, _ in loose[:LOOSE]))
    shown = [LooseRow(w, n, near[w], names.get(fold(near[w]), 0)) for w, n in loose[:LOOSE]]
    return ListPage(vocabulary, VOCABULARIES[vocabulary], terms, shown, max(0, len(loose) - LOOSE))


def used_words(session: Session, actor: Principal, vocabulary: str) -> dict[str, int]:
    """Every word of the fields of this list, with the number of records that the actor may see."""
    found: dict[str, int] = {}
    for place in places_of_list(vocabulary):
        root = table_of(place.kind.table)
        own = [root.c[f.name] for f in place.kind.fields if f.vocabulary == vocabulary] if place.part else []
        records = func.count(root.c.id.distinct()) if place.part else func.count()
        query = place.among(select(place.column.label("word"), records.label("records"))).where(
            may_see(actor, place.kind)
        )
        said = query.where(*(column != place.column for column in own))  # it is counted already
        for row in session.connection().execute(said.group_by(place.column)).mappings():
            found[row["word"]] = found.get(row["word"], 0) + row["records"]
    return found
