"""Which rows of an import look like records that are there."""

from sqlalchemy import select, union
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.imports.report import Alike
from crm_app.records.reading import titles
from crm_app.tables import ChangeLog, DuplicatePair

MOST = 10
pair, log = table_of(DuplicatePair), table_of(ChangeLog)


def count_alike(session: Session, batch_id: int | None) -> int:
    """How many records of this batch look like another one and wait for a decision."""
    mine = select(log.c.record_id).where(log.c.batch_id == batch_id)
    sides = (pair.c.left_id, pair.c.right_id)
    waiting = [
        select(side).where(pair.c.batch_id == batch_id, pair.c.decision == "open", side.in_(mine)) for side in sides
    ]
    return len(set(session.connection().execute(union(*waiting)).scalars()))


def alike_in(session: Session, batch_id: int | None) -> set[tuple[str, int]]:
    """The same one by one: what was made by the number of its row, which is the same in every portion of a trial."""
    waiting = [
        select(side).where(pair.c.batch_id == batch_id, pair.c.decision == "open")
        for side in (pair.c.left_id, pair.c.right_id)
    ]
    query = select(log.c.record_id, log.c.op, log.c.row_no).where(log.c.batch_id == batch_id)
    found: dict[int, tuple[str, int]] = {}
    for id, op, row_no in session.connection().execute(query.where(log.c.record_id.in_(union(*waiting)))):
        if op == "create" or id not in found:
            found[id] = ("row", row_no) if op == "create" else ("record", id)
    return set(found.values())


def list_alike(session: Session, actor: Principal, batch_id: int | None) -> list[Alike]:
    """Some of them, the surest first, with the reason; only of records that the actor may see."""
    if batch_id is None:
        return []
    query = select(pair.c.kind, pair.c.left_id, pair.c.right_id, pair.c.probability, pair.c.reasons)
    query = query.where(pair.c.batch_id == batch_id, pair.c.decision == "open")
    query = query.order_by(pair.c.probability.desc(), pair.c.left_id, pair.c.right_id).limit(MOST)
    rows = session.connection().execute(query).all()
    names = titles(session, actor, [(row.kind, id) for row in rows for id in (row.left_id, row.right_id)])
    return [
        Alike(row.kind, names[row.kind, row.right_id], names[row.kind, row.left_id], row.reasons)
        for row in rows
        if (row.kind, row.left_id) in names and (row.kind, row.right_id) in names
    ]
