"""What somebody decides on records that look alike. Commands never commit."""

from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import and_, insert, or_, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind as kind_of
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.duplicates.matching.pairs import APART, OPEN, Ids, ids_of
from crm_app.identity.policy import decide
from crm_app.records.reading import may_see
from crm_app.tables import DuplicatePair

MOST = 60
pair = table_of(DuplicatePair)


def not_duplicate(session: Session, actor: Principal, kind: str, ids: Sequence[int]) -> list[Ids]:
    """All of these are different ones, and are not proposed again; answers with the pairs that this decided.

    Raises NotFound for a record that the actor may not see, Forbidden if they may edit none of them.
    """
    pairs = _pairs(session, actor, kind, ids)
    before = _standing(session, kind, pairs)
    decided = {"decision": APART, "decided_by": actor.id, "decided_at": now()}
    changed = [ids for ids in pairs if before.get(ids) != APART]
    run = session.connection().execute
    fresh = [ids for ids in changed if ids not in before]
    if known := [ids for ids in changed if ids in before]:
        run(update(pair).where(_these(kind, known)).values(**decided))
    if fresh:
        said = {
            "kind": kind,
            "probability": 0.0,
            "reasons": "",
            "found_by": "person",
            "found_at": now(),
            "batch_id": None,
        }
        run(insert(pair), [said | decided | {"left_id": one, "right_id": two} for one, two in fresh])
    return changed


def decide_again(session: Session, actor: Principal, kind: str, ids: Sequence[int]) -> list[Ids]:
    """Take `not_duplicate` back: what looked alike is open again. Raises NotFound, Forbidden."""
    pairs = _pairs(session, actor, kind, ids)
    before = _standing(session, kind, pairs)
    changed = [ids for ids in pairs if before.get(ids) == APART]
    if changed:
        session.connection().execute(
            update(pair).where(_these(kind, changed)).values(decision=OPEN, decided_by=None, decided_at=None)
        )
        unfounded = (_these(kind, changed), pair.c.probability == 0.0)
        session.connection().execute(pair.delete().where(*unfounded))
    return changed


def _pairs(session: Session, actor: Principal, kind: str, ids: Sequence[int]) -> list[Ids]:
    known = kind_of(kind)
    given = sorted(set(ids))
    if not known.likeness or not 2 <= len(given) <= MOST:
        raise Refused(f"Choose 2 to {MOST} {known.plural.lower()} that look alike.")
    db.take_turns(session, f"duplicates of {kind}")  # what is being compared or decided just now comes first
    table = table_of(known.table)
    owner = table.c[known.owner or "id"]
    query = select(table.c.id, owner.label("owner")).where(
        table.c.id.in_(given), table.c.deleted_at.is_(None), may_see(actor, known)
    )
    rows = session.connection().execute(query).all()
    if len(rows) < len(given):
        raise NotFound(f"One of these {known.plural.lower()} does not exist, or you may not see it.")
    verdicts = [decide(actor, "edit", kind, row.owner, record_id=row.id) for row in rows]
    if not any(verdict.allowed for verdict in verdicts):
        raise Forbidden(verdicts[0].why)
    return [ids_of(one, two) for one, two in combinations(given, 2)]


def _these(kind: str, pairs: Sequence[Ids]):
    among = or_(*(and_(pair.c.left_id == one, pair.c.right_id == two) for one, two in pairs))
    return and_(pair.c.kind == kind, among)


def _standing(session: Session, kind: str, pairs: Sequence[Ids]) -> dict[Ids, str]:
    """What is known of these pairs so far."""
    ids = sorted({id for some in pairs for id in some})
    query = select(pair.c.left_id, pair.c.right_id, pair.c.decision)
    rows = session.connection().execute(
        query.where(pair.c.kind == kind, pair.c.left_id.in_(ids), pair.c.right_id.in_(ids)).with_for_update()
    )
    return {(one, two): said for one, two, said in rows}
