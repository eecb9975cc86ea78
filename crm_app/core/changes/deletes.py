"""What a delete does to the records that point to the deleted one: refuse, detach or take them along."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.change import Change
from crm_app.core.changes.kinds import Field, Kind, kind, references_to
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Refused

SHOWN = 10


def living_references(session: Session, name: str, id: int) -> list[tuple[Kind, Field, int, str]]:
    """Living records that point to this one, with the field and their title."""
    found = []
    for other, field in references_to(name):
        table = table_of(other.table)
        query = select(table.c.id, table.c[other.title]).where(table.c[field.name] == id, table.c.deleted_at.is_(None))
        found += [(other, field, row[0], row[1]) for row in session.connection().execute(query)]
    return found


def with_dependents(session: Session, changes: Sequence[Change]) -> list[Change]:
    """The changes, each delete preceded by what it does to others. Raises Refused where something stands in the way."""
    if not any(c.op == "delete" for c in changes):
        return list(changes)
    going = {(c.kind, c.id) for c in changes if c.op == "delete"}
    result: list[Change] = []
    for change in changes:
        if change.op == "delete" and change.id is not None:
            result += _before_delete(session, change.kind, change.id, going, undo=change.undoes is not None)
        result.append(change)
    return result


def _before_delete(session: Session, name: str, id: int, going: set, *, undo: bool) -> list[Change]:
    result: list[Change] = []
    blocking: list[str] = []
    for other, field, other_id, title in living_references(session, name, id):
        if (other.name, other_id) in going:
            continue
        if undo or field.on_delete == "refuse":
            blocking.append(f"{other.label}: {title}")
        elif field.on_delete == "cascade":
            going.add((other.name, other_id))
            result += [
                *_before_delete(session, other.name, other_id, going, undo=False),
                Change(other.name, other_id, op="delete"),
            ]
        else:
            result.append(Change(other.name, other_id, {field.name: None}))
    if blocking:
        more = [f"and {len(blocking) - SHOWN} more"] if len(blocking) > SHOWN else []
        raise Refused(f"This {kind(name).label.lower()} is used elsewhere and cannot go.", blocking[:SHOWN] + more)
    return result
