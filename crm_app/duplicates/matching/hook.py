"""The duplicate hook of the catalogue: part of every `apply_many`, whichever way a record comes."""

from collections.abc import Iterable

from crm_app.core import db
from crm_app.core.changes import Applied, Context, Kind, kind
from crm_app.core.changes.children import split_key
from crm_app.duplicates.matching.keeping import keep, make_stale
from crm_app.duplicates.matching.profiles import compared_kinds, watched


def meet(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what is kept to find duplicates follows the records in the same transaction."""
    for known in compared_kinds():
        touched = [done for done in applied if done.kind == known.name and _concerns(known, done)]
        _called_otherwise(context, known, applied)
        if touched:
            db.take_turns(context.session, f"duplicates of {known.name}")
            keep(context.session, known.name, [done.id for done in touched])


def _concerns(known: Kind, done: Applied) -> bool:
    return done.op != "update" or not watched(known).isdisjoint(split_key(name)[0] for name in done.diff)


def _called_otherwise(context: Context, known: Kind, applied: Iterable[Applied]) -> None:
    """A company has another name: so have those who work there, in the eyes of whoever looks for duplicates."""
    for path in watched(known):
        field = known.by_name.get(path)
        if field is None or not field.ref:
            continue
        ids = [d.id for d in applied if d.kind == field.ref and d.op == "update" and kind(field.ref).title in d.diff]
        make_stale(context.session, known.name, path, ids)
