"""Commands of managed lists. A rename or a merge changes the records as a run of one batch. They never commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.core.text import fold
from crm_app.identity.policy import may
from crm_app.records.bulk import Portion, open_run
from crm_app.records.vocabulary import VOCABULARIES, Place, places_of_list
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
    words, fields = _words(session, row, wish), [[p.kind.name, p.path] for p in places_of_list(row.vocabulary)]
    total = 0
    for name, places in _by_kind(fields).items():
        total += session.connection().execute(_writing(select(func.count()), name, places, words)).scalar_one()
    given = {**wish, "term": row.id, "words": words, "fields": fields}
    return open_run(session, actor, REWORD, "vocabulary_term", total=total, set_values=given, note=note)


def _words(session: Session, row: Any, wish: Mapping[str, Any]) -> list[str]:
    """As they are written in records: everything that means this term from now on, but its name itself."""
    meant = {fold(str(w)) for w in (row.name, *row.synonyms, *wish["synonyms"], *wish.get("words", ()))}
    found = set()
    for place in places_of_list(row.vocabulary):
        written = place.among(select(place.column)).distinct()
        found |= {w for w in session.connection().execute(written).scalars() if fold(w) in meant}
    return sorted(found - {wish["name"]})


def _by_kind(fields: Iterable[Sequence[str]]) -> dict[str, list[Place]]:
    """Kinds in their order, with their places among these."""
    found: dict[str, list[Place]] = {}
    for name, path in fields:
        known = kind(name)
        part, _, field = path.rpartition(".")
        children = known.child_by_name[part] if part else None
        found.setdefault(name, []).append(Place(known, (children or known).by_name[field], children))
    return found


def _writing(query: Any, name: str, places: Iterable[Place], words: Sequence[str]) -> Any:
    """The query, of the living records of a kind in which one of the words is written in one of these places."""
    root = table_of(kind(name).table)
    written = [
        root.c.id.in_(place.among(select(root.c.id)).where(place.column.in_(words)))
        if place.part
        else place.column.in_(words)
        for place in places
    ]
    return query.select_from(root).where(root.c.deleted_at.is_(None), or_(*written))


def reworded(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next records, by kind and id; with the first of them the term itself changes. An operation of `bulk`."""
    wish = run.set_values
    if run.cursor == 0:  # alone, so that the next portions know the term by its new name
        return Portion(_of_term(wish), cursor=1, trusted=True, whole=True)
    portion, places = Portion(trusted=True), list(_by_kind(wish["fields"]).items())
    at, after = divmod(run.cursor - 1, 2**52)
    while at < len(places) and portion.rows < limit:
        name, mine = places[at]
        root = table_of(kind(name).table)
        query = _writing(select(root.c.id), name, mine, wish["words"]).where(root.c.id > after)
        ids = list(session.connection().execute(query.order_by(root.c.id).limit(limit - portion.rows)).scalars())
        values = _values(session, mine, ids, wish)
        portion.changes += [Change(name, id, values[id]) for id in ids]
        portion.rows += len(ids)
        at, after = (at, ids[-1]) if portion.rows >= limit else (at + 1, 0)
    portion.cursor = at * 2**52 + after + 1
    portion.is_last = at >= len(places)
    return portion


def _values(
    session: Session, places: Iterable[Place], ids: Sequence[int], wish: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """By record the fields that get the new word, and the parts, which are written as a whole."""
    found: dict[int, dict[str, Any]] = {id: {} for id in ids}
    for place in places:
        root = table_of(place.kind.table)
        shown = [root.c.id.label("of_record")]
        if place.part is not None:
            part = table_of(place.part.table)
            shown += [part.c.id.label("part_id"), *(part.c[f.name] for f in place.part.fields)]
        query = place.among(select(*shown)).where(root.c.id.in_(ids), place.column.in_(wish["words"]))
        for row in session.connection().execute(query).mappings():
            values = {place.field.name: wish["name"]}
            if place.part is not None:
                whole = {f.name: row[f.name] for f in place.part.fields}
                values = {f"{place.part.name}.{row['part_id']}": whole | values}
            found[row["of_record"]] |= values
    return found


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
