"""The duplicate hook of the catalogue: part of every `apply_many`, whichever way a record comes."""

from collections.abc import Iterable, Mapping

from crm_app.core import db
from crm_app.core.changes import Applied, Context, Kind, kind
from crm_app.core.changes.children import split_key
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.step import UNGATED
from crm_app.core.errors import LikelyDuplicate
from crm_app.core.pretence import pretended
from crm_app.duplicates.matching.finding import Found, find
from crm_app.duplicates.matching.keeping import Changed, keep, keep_new, make_stale
from crm_app.duplicates.matching.pairs import Ids, ids_of, mark_merged, settle
from crm_app.duplicates.matching.profiles import compared_kinds, watched
from crm_app.duplicates.matching.queries import LIKELY, shown

# Nobody sits in front of these and could say what is meant: they go on, and the pair waits in the work list.
BACKGROUND = frozenset({*UNGATED, "import", "bulk", "rule"})
TOLD = 5


def meet(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what is kept to find duplicates follows the records, and who is like a new one is met.

    Raises LikelyDuplicate for a person who creates what is here already and has not said that it is another one.
    """
    for known in compared_kinds():
        touched = [done for done in applied if done.kind == known.name and _concerns(known, done)]
        _called_otherwise(context, known, applied)
        if touched:
            db.take_turns(context.session, f"duplicates of {known.name}")
            _compare(context, known, touched, _kept(context, known, touched))


def _kept(context: Context, known: Kind, touched: list[Applied]) -> Changed:
    """New records are at hand, the others are read again."""
    created = dict.fromkeys(done.id for done in touched if done.op == "create")
    others = [done.id for done in touched if done.id not in created]
    made = keep_new(context, known, created) if created else Changed({}, {})
    read = keep(context.session, known.name, others) if others else Changed({}, {})
    return Changed(made.profiles | read.profiles, made.keys | read.keys)


def _concerns(known: Kind, done: Applied) -> bool:
    return done.op != "update" or not watched(known).isdisjoint(split_key(name)[0] for name in done.diff)


def _called_otherwise(context: Context, known: Kind, applied: Iterable[Applied]) -> None:
    """A company has another name: so have those who work there, in the eyes of whoever looks for duplicates."""
    for path in watched(known):
        field = known.by_name.get(path)
        if field is None or not field.ref:
            continue
        title = kind(field.ref).title
        ids = [d.id for d in applied if d.kind == field.ref and d.op == "update" and title in d.diff]
        make_stale(context.session, known.name, path, ids)


def _compare(context: Context, known: Kind, touched: list[Applied], changed: Changed) -> None:
    """What is like these is refused or noted; what was noted of them and holds no longer is forgotten."""
    session, name = context.session, known.name
    profiles = changed.profiles
    found = find(session, name, profiles, stored=True, at_least=LIKELY, keys=changed.keys) if profiles else {}
    created = {done.id for done in touched if done.op == "create"}
    if created and not _goes_on(context):
        _refuse(context, known, {id: some for id, some in found.items() if id in created})
    into = {d.id: d.diff[MERGED][1] for d in touched if d.op == "delete" and d.diff.get(MERGED, [None, None])[1]}
    mark_merged(session, name, into, context.actor.id)
    settled = {done.id for done in touched if done.id in profiles or done.op == "delete"}
    settle(
        session,
        name,
        settled,
        found,
        found_by=context.source,
        batch_id=context.batch_id,
        apart=_said(context, known, found),
    )


def _goes_on(context: Context) -> bool:
    return context.actor.system or context.source in BACKGROUND or pretended() is not None


def _refuse(context: Context, known: Kind, found: Mapping[int, list[Found]]) -> None:
    """Raises LikelyDuplicate for what the actor has not said to be others."""
    met = {
        other.id: other
        for id, some in found.items()
        for other in some
        if other.id not in context.apart.get((known.name, id), ())
    }
    likely = sorted(met.values(), key=lambda other: (-other.probability, other.id))[:TOLD]
    if likely:
        raise LikelyDuplicate(known.label, shown(context.session, context.actor, known.name, likely))


def _said(context: Context, known: Kind, found: Mapping[int, list[Found]]) -> dict[Ids, int]:
    """Who says of which pairs that they are two; of a record that they may not see nobody can say so."""
    said: dict[Ids, int] = {}
    for id, some in found.items():
        apart = context.apart.get((known.name, id), frozenset())
        others = [other for other in some if other.id in apart]
        for match in shown(context.session, context.actor, known.name, others) if others else ():
            if match.visible and context.actor.id is not None:
                said[ids_of(id, match.id)] = context.actor.id
    return said
