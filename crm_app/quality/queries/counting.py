"""What is still being counted, in words: the figures beside it are those that are known already."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.quality.marks import RECOUNT
from crm_app.quality.nights import taken_at
from crm_app.tables import BulkRun, DuplicateModel

runs, model = table_of(BulkRun), table_of(DuplicateModel)
ANEW = "Counted anew at the moment: {}. What is shown is what is known already."
FIRST = "Not everything has been counted yet. What is shown is what is known already; the first count is made soon."


def counting(session: Session, kinds: Iterable[str]) -> str:
    """How far the count of these kinds has come; empty where all that is shown holds."""
    wanted = list(kinds)
    query = select(runs.c.kind, runs.c.done, runs.c.total).where(
        runs.c.op == RECOUNT, runs.c.status == "running", runs.c.kind.in_(wanted)
    )
    going = session.connection().execute(query.order_by(runs.c.id)).all()
    if going:
        return ANEW.format(
            ", ".join(f"{kind(n).plural.lower()} ({numeral(done)} of {numeral(total)})" for n, done, total in going)
        )
    return FIRST if taken_at(session) is None and _has_records(session, wanted) else ""


def is_compared(session: Session, name: str) -> bool:
    """Have all records of the kind been looked through for duplicates at least once?"""
    query = select(model.c.kind).where(model.c.kind == name, model.c.swept_at.is_not(None))
    return session.connection().execute(query).first() is not None


def _has_records(session: Session, kinds: Iterable[str]) -> bool:
    tables = (table_of(kind(name).table) for name in kinds)
    queries = (select(t.c.id).where(t.c.deleted_at.is_(None)).limit(1) for t in tables)
    return any(session.connection().execute(query).first() for query in queries)
