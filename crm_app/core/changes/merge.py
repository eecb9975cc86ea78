"""Two people at once: what changed since the version that the actor saw, and whether it is the same thing."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.change import Change
from crm_app.core.changes.custom import CUSTOM, value_in
from crm_app.core.changes.kinds import Kind, Row
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.values import decode
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Conflict, FieldConflict


def changed_since(session: Session, kind: str, id: int, version: int) -> dict[str, Any]:
    """Fields that changed after `version`, with the JSON value that each had then."""
    table = table_of(ChangeLog)
    query = (
        select(table.c.diff)
        .where(table.c.kind == kind, table.c.record_id == id, table.c.version > version)
        .order_by(table.c.version)
    )
    original: dict[str, Any] = {}
    for (diff,) in session.connection().execute(query):
        for name, (old, new) in diff.items():
            if name == CUSTOM:  # of before they were logged one by one
                for id in {**(old or {}), **(new or {})}:
                    original.setdefault(f"{CUSTOM}.{id}", (old or {}).get(id))
            original.setdefault(name, old)
    return original


def conflicts_of(
    session: Session, change: Change, known: Kind, before: Row, values: Row, watched: set[str]
) -> list[FieldConflict]:
    """The watched fields that somebody else has changed since, unless both want the same."""
    original = changed_since(session, change.kind, before["id"], change.expected or 0)
    found = []
    for name in sorted(watched & set(original)):
        was = decode(known.table, name, original[name])
        theirs = value_in(before, name)
        if was != theirs:
            found.append(FieldConflict(name, value_in(before | values, name), theirs, was))
    return found


def refuse_unseen(session: Session, change: Change, known: Kind, before: Row) -> None:
    """Whoever deletes a record has seen what stands in it: a later change may be why it should stay.

    Fields where the later wins do not matter, nor what was changed back. Raises Conflict.
    """
    if change.expected is None or change.expected >= before["version"]:
        return
    trivial = {field.name for field in known.fields if field.later_wins}
    missed: dict[str, FieldConflict] = {}
    for name, value in changed_since(session, change.kind, before["id"], change.expected).items():
        part = name.partition(".")[0]
        if part in known.child_by_name:
            missed[part] = FieldConflict(part, None, None, None)
        elif name not in trivial:
            was, stands = decode(known.table, name, value), value_in(before, name)
            if was != stands:
                missed[name] = FieldConflict(name, None, stands, was)
    if missed:
        raise Conflict([missed[name] for name in sorted(missed)], before["version"])
