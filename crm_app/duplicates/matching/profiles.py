"""From a record with its parts, or from what a form holds, to the form in which duplicates are compared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Context, Kind, kind, kinds
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from search.duplicates.fields import Profile
from search.duplicates.normal import Value, normalise

Parts = Mapping[int, Sequence[Mapping[Any, Any]]]
SEVERAL = frozenset(("email", "phone", "website"))  # of these all are compared, of the others the first


def compared_kinds() -> list[Kind]:
    """The kinds that say how two of their records are known to be one."""
    return [known for known in kinds() if known.likeness]


def watched(known: Kind) -> frozenset[str]:
    """The fields and parts that a profile is made of."""
    return frozenset(path.partition(".")[0] for paths in known.likeness.values() for path in paths)


def profiles_of(session: Session, name: str, ids: Iterable[int]) -> dict[int, Profile]:
    """The profiles of those of these records that live."""
    known, wanted = kind(name), sorted(set(ids))
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), IN_LIMIT):
        found |= _portion(session, known, wanted[start : start + IN_LIMIT])
    return found


def _portion(session: Session, known: Kind, ids: list[int]) -> dict[int, Profile]:
    table, own = table_of(known.table), _own(known)
    query = select(table.c.id, *(table.c[name] for name in sorted(own)))
    living = query.where(table.c.id.in_(ids), table.c.deleted_at.is_(None))
    rows = {row["id"]: dict(row) for row in session.connection().execute(living).mappings()}
    return _made(
        session, known, rows, {part: _parts(session, known, part, list(rows)) for part in watched(known) - own}
    )


def created_profiles(context: Context, known: Kind, ids: Iterable[int]) -> dict[int, Profile]:
    """The same for records that the call in hand has made, which it has at hand."""
    loaded = {id: one for id in ids if context.working and (one := context.working.get(known.name, id))}
    rows = {id: one.row for id, one in loaded.items() if one.row["deleted_at"] is None}
    parts = {
        part: {id: sorted(loaded[id].children.get(part, {}).values(), key=_first) for id in rows}
        for part in watched(known) - _own(known)
    }
    return _made(context.session, known, rows, parts)


def drafted_profiles(
    session: Session, known: Kind, rows: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]]
) -> dict[int, Profile]:
    """The same for records that are not made yet, by any number: the values of each, and one row of each collection."""
    own = _own(known)
    values = {n: {name: given.get(name) for name in own} for n, (given, _) in rows.items()}
    parts: dict[str, Parts] = {}
    for part in watched(known) - own:
        blank = dict.fromkeys((f.name for f in known.child_by_name[part].fields), "")
        parts[part] = {n: [{**blank, **given[part]}] for n, (_, given) in rows.items() if given.get(part)}
    return _made(session, known, values, parts)


def _first(row: Row) -> tuple[bool, int, int]:
    """The order of a collection: the primary one first."""
    return not row.get("is_primary", False), row["position"], row["id"]


def _own(known: Kind) -> set[str]:
    return {path for paths in known.likeness.values() for path in paths if "." not in path}


def _made(session: Session, known: Kind, rows: Mapping[int, Row], parts: Mapping[str, Parts]) -> dict[int, Profile]:
    names = _titles(session, known, _own(known), rows.values())
    paths = [(path, *path.partition(".")[::2]) for some in known.likeness.values() for path in some]
    found: dict[int, Profile] = {}
    for id, row in rows.items():
        texts: dict[str, list[str]] = {}
        for path, part, column in paths:
            if column:
                if held := parts[part].get(id):
                    texts[path] = [each[column] for each in held]
            elif value := row[path]:
                texts[path] = [names[path].get(value, "") if path in names else str(value)]
        found[id] = profile_of(known, texts)
    return found


def _titles(session: Session, known: Kind, own: set[str], rows: Iterable[Row]) -> dict[str, dict[int, str]]:
    """What the records are called that references name."""
    found = {}
    given = list(rows)
    for name in own:
        if target := known.by_name[name].ref:
            table, title = table_of(kind(target).table), kind(target).title
            query = select(table.c.id, table.c[title])
            ids = sorted({row[name] for row in given} - {None})
            found[name] = {r[0]: r[1] for r in session.connection().execute(query.where(table.c.id.in_(ids)))}
    return found


def _parts(session: Session, known: Kind, part: str, ids: list[int]) -> Parts:
    """The rows of a collection by the record, the primary one first."""
    table, parent = table_of(known.child_by_name[part].table), known.child_by_name[part].parent
    first = (table.c.is_primary.desc(),) if "is_primary" in table.c else ()
    query = select(table).where(table.c[parent].in_(ids)).order_by(*first, table.c.position, table.c.id)
    found: dict[int, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in session.connection().execute(query).mappings():
        found[row[parent]].append(row)
    return found


def profile_of(known: Kind, values: Mapping[str, Sequence[str]]) -> Profile:
    """The profile of a record whose fields and parts hold these texts, by their paths."""
    given: dict[str, Value] = {}
    for name, paths in known.likeness.items():
        if texts := [text for path in paths if path in values for text in values[path] if text]:
            given[name] = texts if name in SEVERAL else texts[0]
    whole = given.pop("name", "")
    if whole and not given.get("first_name") and not given.get("last_name"):
        given["first_name"] = whole
    return normalise(given)


def typed_profile(session: Session, known: Kind, values: Mapping[str, object]) -> Profile:
    """The profile of what a form holds, by the names of the form; a reference may be an id or the name of a new one.

    Texts are taken as a save would keep them, a number of one's own country for instance.
    """
    context = Context(session, SYSTEM, "form", 0, now())
    found: dict[str, list[str]] = {}
    for path in (p for paths in known.likeness.values() for p in paths):
        given = values.get(path)
        texts = [str(v).strip() for v in given] if isinstance(given, list | tuple) else [str(given or "").strip()]
        target = "" if "." in path else known.by_name[path].ref
        found[path] = [
            _name(session, target, text) if target else _tidied(context, known, path, text) for text in texts
        ]
    return profile_of(known, found)


def _tidied(context: Context, known: Kind, path: str, text: str) -> str:
    """As it would be kept; what would be refused stays as it is."""
    part, _, column = path.partition(".")
    field = known.child_by_name[part].by_name[column] if column else known.by_name[part]
    try:
        return field.tidy(context, text) if field.tidy and text else text
    except ValueError:
        return text


def _name(session: Session, target: str, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        return text
    table, title = table_of(kind(target).table), kind(target).title
    return session.connection().execute(select(table.c[title]).where(table.c.id == int(text))).scalar() or ""
