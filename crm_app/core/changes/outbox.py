"""The outbox: work that follows a commit. Claimed with a lease, done after success, parked when it keeps failing."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.log import Outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
MARK_SECONDS = 1.0
KEEP_DONE = timedelta(hours=24)
Consumer = Callable[[dict[str, Any]], None]
log = logging.getLogger("kith.outbox")
_consumers: dict[str, dict[str, Consumer]] = {}


def register_consumer(topic: str, name: str, consumer: Consumer) -> None:
    """Every row of `topic` is handed to `consumer` once; it reads the current records itself and may run again."""
    _consumers.setdefault(topic, {})[name] = consumer


def put(session: Session, topic: str, payload: dict[str, Any]) -> None:
    """Leave work for every consumer of the topic, in the caller's transaction."""
    rows = [
        {"topic": topic, "consumer": name, "payload": payload, "created_at": now(), "attempts": 0, "error": ""}
        for name in _consumers.get(topic, {})
    ]
    if rows:
        session.connection().execute(insert(table_of(Outbox)), rows)


def drain(limit: int = 100) -> int:
    """Claim up to `limit` open rows and do them, oldest first; answers with how many were claimed."""
    if not db.read_sync(_has_work):
        return 0
    claimed = db.write_sync(_claim, limit)
    results: dict[int, dict[str, Any]] = {}
    marked_at = monotonic()
    for row in claimed:
        outcome = _do(row)
        if outcome:
            results[row["id"]] = outcome
        if monotonic() - marked_at > MARK_SECONDS:
            db.write_sync(_mark, results)
            results, marked_at = {}, monotonic()
    if results:
        db.write_sync(_mark, results)
    return len(claimed)


def drain_all() -> int:
    """Until nothing is left that can be claimed."""
    total = 0
    while done := drain():
        total += done
    return total


def parked(session: Session) -> list[Outbox]:
    """Rows that failed too often, for a person to look at."""
    table = table_of(Outbox)
    rows = session.connection().execute(select(table).where(table.c.parked_at.is_not(None))).mappings()
    return [Outbox(**row) for row in rows]


def forget_done(session: Session) -> int:
    """Delete what was done a day ago or earlier."""
    table = table_of(Outbox)
    return session.connection().execute(delete(table).where(table.c.done_at < now() - KEEP_DONE)).rowcount


def _open(table: Any) -> Any:
    leased = (table.c.leased_until.is_(None)) | (table.c.leased_until < now())
    return table.c.done_at.is_(None) & table.c.parked_at.is_(None) & leased


def _has_work(session: Session) -> bool:
    table = table_of(Outbox)
    return session.connection().execute(select(table.c.id).where(_open(table)).limit(1)).first() is not None


def _claim(session: Session, limit: int) -> list[dict[str, Any]]:
    table = table_of(Outbox)
    query = select(table).where(_open(table)).order_by(table.c.id).limit(limit)
    rows = session.connection().execute(query.with_for_update(**db.claim_lock(session))).mappings().all()
    if rows:
        session.connection().execute(
            update(table)
            .where(table.c.id.in_([r["id"] for r in rows]))
            .values(leased_until=now() + LEASE, attempts=table.c.attempts + 1)
        )
    return [dict(r) for r in rows]


def _do(row: dict[str, Any]) -> dict[str, Any] | None:
    """Hand a row to its consumer; answers with what to write into it."""
    consumer = _consumers.get(row["topic"], {}).get(row["consumer"])
    if consumer is None:
        return None  # another process knows this consumer; the lease runs out and it takes the row
    try:
        consumer(row["payload"])
    except Exception as error:
        log.exception("outbox row %s (%s) failed", row["id"], row["consumer"])
        failed = {"done_at": None, "error": str(error)[:500]}
        if row["attempts"] + 1 >= MOST_ATTEMPTS:
            return failed | {"leased_until": None, "parked_at": now()}
        return failed | {"leased_until": now() + LEASE * (row["attempts"] + 1), "parked_at": None}
    return {"done_at": now(), "leased_until": None, "parked_at": None, "error": ""}


def _mark(session: Session, results: dict[int, dict[str, Any]]) -> None:
    table = table_of(Outbox)
    columns = ("done_at", "leased_until", "parked_at", "error")
    statement = update(table).where(table.c.id == bindparam("b_id")).values({c: bindparam(c) for c in columns})
    session.connection().execute(statement, [{"b_id": i, **values} for i, values in results.items()])
