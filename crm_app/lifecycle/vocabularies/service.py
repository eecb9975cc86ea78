"""Commands of managed lists. A rename or a merge changes the records as a run of one batch. They never commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.core.text import fold
from crm_app.identity.policy import may
from crm_app.records.bulk import Portion, open_run
from crm_app.records.vocabulary import VOCABULARIES, fields_of_list
from crm_app.tables import BulkRun, VocabularyTerm

REWORD = "vocabulary"
MOST_SYNONYMS = 100
term = table_of(VocabularyTerm)


def synonyms_of(text: str, name: str) -> list[str]:
    """From lines or commas: each once, without the name itself. Raises Invalid for too many."""
    found: dict[str, str] = {}
    for word in text.replace("\n", ",").split(","):
        tidy = " ".join(word.split())[:100]
        if tidy and fold(tidy) != fold(name):
            found.setdefault(fold(tidy), tidy)
    if len(found) > MOST_SYNONYMS:
        raise Invalid({"synonyms": f"A term may have at most {MOST_SYNONYMS} synonyms."})
    return list(found.values())


def add_term(session: Session, actor: Principal, vocabulary: str, name: str, synonyms: str = "") -> Applied:
    """A new term. Raises Invalid where the list has it, Forbidden."""
    if vocabulary not in VOCABULARIES:
        raise NotFound("There is no such list.")
    name = " ".join(name.split())
    _free(session, vocabulary, name, 0)
    wish = {"vocabulary": vocabulary, "name": name, "synonyms": synonyms_of(synonyms, name)}
    return apply(session, actor, Change("vocabulary_term", set=wish, op="create"))


def save_term(session: Session, actor: Principal, id: int, values: Mapping[str, str], expected: int | None) -> int:
    """Another name or other synonyms; the run that rewords the records, which the old name and synonyms lead to."""
    row = _living(session, id)
    name = " ".join(values.get("name", "").split())
    _free(session, row.vocabulary, name, id)
    said = synonyms_of(values.get("synonyms", ""), name)
    if fold(row.name) != fold(name) and fold(row.name) not in map(fold, said):
        said.append(row.name)
    if expected is not None and expected != row.version:
        raise Refused("Somebody changed this term meanwhile.")
    if not name:
        raise Invalid({"name": "Name is required."})
    return _start(session, actor, row, {"name": name, "synonyms": said}, f"{row.name} → {name}")


def merge_terms(session: Session, actor: Principal, id: int, into_id: int) -> int:
    """A term becomes a synonym of another one, with its synonyms; the run that rewords the records."""
    row, into = _living(session, id), _living(session, into_id)
    if row.id == into.id or row.vocabulary != into.vocabulary:
        raise Refused("A term is merged into another one of the same list.")
    said = synonyms_of(",".join([*map(str, into.synonyms), row.name, *map(str, row.synonyms)]), into.name)
    wish = {"name": into.name, "synonyms": said, "gone": row.id}
    return _start(session, actor, into, wish, f"{row.name} merged into {into.name}")


def take_for(session: Session, actor: Principal, id: int, word: str) -> int:
    """A loose word becomes a synonym of this term; the run that rewords the records."""
    row = _living(session, id)
    said = synonyms_of(",".join([*map(str, row.synonyms), word.replace(",", " ")]), row.name)
    wish = {"name": row.name, "synonyms": said, "words": [word]}
    return _start(session, actor, row, wish, f"{word} → {row.name}")


def delete_term(session: Session, actor: Principal, id: int) -> Applied:
    """The term leaves the list; the records keep their words."""
    return apply(session, actor, Change("vocabulary_term", id, op="delete"))


def _start(session: Session, actor: Principal, row: Any, wish: Mapping[str, Any], note: str) -> int:
    if not may(actor, "pipeline.edit"):
        raise Forbidden("Only an administrator changes the lists.")
    fields = fields_of_list(row.vocabulary)
    words = _words(session, row, wish)
    total = 0
    for name, of in fields:
        table = table_of(kind(name).table)
        query = select(func.count()).where(table.c[of.name].in_(words), table.c.deleted_at.is_(None))
        total += session.connection().execute(query).scalar_one()
    given = {**wish, "term": row.id, "words": words, "fields": [[name, of.name] for name, of in fields]}
    return open_run(session, actor, REWORD, "vocabulary_term", total=total, set_values=given, note=note)


def _words(session: Session, row: Any, wish: Mapping[str, Any]) -> list[str]:
    """As they are written in records: everything that means this term from now on, but its name itself."""
    meant = {fold(str(w)) for w in (row.name, *row.synonyms, *wish["synonyms"], *wish.get("words", ()))}
    found = set()
    for name, of in fields_of_list(row.vocabulary):
        table = table_of(kind(name).table)
        written = select(table.c[of.name]).where(table.c.deleted_at.is_(None), table.c[of.name] != "").distinct()
        found |= {w for w in session.connection().execute(written).scalars() if fold(w) in meant}
    return sorted(found - {wish["name"]})


def reworded(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next records, by kind and id; with the first of them the term itself changes. An operation of `bulk`."""
    wish = run.set_values
    if run.cursor == 0:  # alone, so that the next portions know the term by its new name
        return Portion(_of_term(wish), cursor=1, trusted=True, whole=True)
    portion, fields = Portion(trusted=True), wish["fields"]
    place, after = divmod(run.cursor - 1, 2**52)
    while place < len(fields) and portion.rows < limit:
        name, column = fields[place]
        table = table_of(kind(name).table)
        query = select(table.c.id).where(table.c[column].in_(wish["words"]), table.c.deleted_at.is_(None))
        ids = list(
            session.connection()
            .execute(query.where(table.c.id > after).order_by(table.c.id).limit(limit - portion.rows))
            .scalars()
        )
        portion.changes += [Change(name, id, {column: wish["name"]}) for id in ids]
        portion.rows += len(ids)
        place, after = (place, ids[-1]) if portion.rows >= limit else (place + 1, 0)
    portion.cursor = place * 2**52 + after + 1
    portion.is_last = place >= len(fields)
    return portion


def _of_term(wish: Mapping[str, Any]) -> list[Change]:
    gone = [Change("vocabulary_term", wish["gone"], op="delete")] if wish.get("gone") else []
    values = {"name": wish["name"], "synonyms": wish["synonyms"]}
    return [*gone, Change("vocabulary_term", wish["term"], values)]


def _living(session: Session, id: int) -> Any:
    row = session.connection().execute(select(term).where(term.c.id == id, term.c.deleted_at.is_(None))).first()
    if row is None:
        raise NotFound("This term was removed meanwhile.")
    return row


def _free(session: Session, vocabulary: str, name: str, id: int) -> None:
    query = select(term.c.name, term.c.synonyms).where(term.c.vocabulary == vocabulary, term.c.deleted_at.is_(None))
    for row in session.connection().execute(query.where(term.c.id != id)):
        if fold(name) == fold(row.name):
            raise Invalid({"name": f"{row.name} is in the list already. Merge the two instead."})
