"""One record by its kind and id, if the actor may see it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, case, false, not_, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.forwarding import survivor_of
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.identity.matrix import OBJECTS
from crm_app.identity.policy import of_team, scope, visible
from crm_app.tables import Pipeline

Title = tuple[str, int]
GONE = "something deleted"  # how a reference to a record reads that was deleted since, where it is kept
pipeline = table_of(Pipeline)
RIGHTS_OF = {
    "field_note": "custom_field",
    **dict.fromkeys(("stage", "lifecycle_state", "term", "vocabulary_term"), "pipeline"),
    **dict.fromkeys(("quality_rule", "quality_check", "rights_review"), "quality"),
}


def may_see(actor: Principal, known: Kind) -> Any:
    """The SQL condition for the living records of a kind that the actor may see."""
    obj = RIGHTS_OF.get(known.name, known.name)
    table = table_of(known.table)
    if obj not in OBJECTS:
        return true()
    if known.name in ("pipeline", "stage") and scope(actor, "read", obj) != "none":
        return _in_sight(actor, known)
    if known.owner is None or known.name == "user":
        return true() if scope(actor, "read", obj) != "none" else false()
    return visible(actor, obj, table.c[known.owner])


def _in_sight(actor: Principal, known: Kind) -> Any:
    """A pipeline of a team, with its stages, is there for that team and those below it only."""
    if known.table is Pipeline:
        return of_team(actor, pipeline.c.team_id)
    seen = select(pipeline.c.id).where(of_team(actor, pipeline.c.team_id))
    return table_of(known.table).c.pipeline_id.in_(seen)


def record_row(session: Session, actor: Principal, name: str, id: int) -> Mapping[Any, Any]:
    """The row. Raises NotFound for one that does not exist, was deleted, or that the actor may not see."""
    known = kind(name)
    table = table_of(known.table)
    query = select(table).where(table.c.id == id, table.c.deleted_at.is_(None), may_see(actor, known))
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound
    return row


def forwarded(session: Session, actor: Principal, name: str, id: int) -> int | None:
    """Where a record went that was merged, if the actor may see that one; None for any other."""
    known = kind(name)
    table = table_of(known.table)
    into = survivor_of(session, name, id)
    query = select(table.c.id).where(table.c.id == into, table.c.deleted_at.is_(None), may_see(actor, known))
    return None if into is None else session.connection().execute(query).scalar()


def title_there(known: Kind, target: Any) -> Any:
    """The SQL expression for the title in `target`, or `GONE`; what was merged leads on and keeps its title."""
    merged = target.c[MERGED].is_not(None) if known.mergeable else false()
    return case((and_(target.c.deleted_at.is_not(None), not_(merged)), GONE), else_=target.c[known.title])


def titles(session: Session, actor: Principal, wanted: Iterable[Title]) -> dict[Title, str]:
    """The titles of these records, deleted ones included, as far as the actor may see them."""
    by_kind: dict[str, set[int]] = {}
    for name, id in wanted:
        by_kind.setdefault(name, set()).add(id)
    found: dict[Title, str] = {}
    for name, ids in by_kind.items():
        known = kind(name)
        table = table_of(known.table)
        query = select(table.c.id, table.c[known.title]).where(table.c.id.in_(sorted(ids)), may_see(actor, known))
        found |= {(name, id): title for id, title in session.connection().execute(query)}
    return found
