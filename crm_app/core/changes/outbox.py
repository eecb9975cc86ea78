"""The outbox: work that follows a commit. Claimed with a lease, done after success, parked when it keeps failing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from time import monotonic
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.log import Outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.columns import UtcDateTime
from crm_app.core.rows import insert_rows

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
MARK_SECONDS = 1.0
KEEP_DONE = timedelta(hours=24)
PAUSE = timedelta(seconds=3)
MAIN = "main"
OUTBOX = "outbox"  # announced when rows were put
Consumer = Callable[[list[dict[str, Any]]], None]
Concerned = Callable[[dict[str, Any]], bool]
log = logging.getLogger("kith.outbox")


class NotNow(Exception):
    """Raised by a consumer whose other side is away: the rows wait, however long, and nothing counts as failed."""


@dataclass(frozen=True, slots=True)
class _Registered:
    consumer: Consumer
    lane: str
    together: bool
    concerned: Concerned


_consumers: dict[str, dict[str, _Registered]] = {}


def _always(_payload: dict[str, Any]) -> bool:
    return True


def register_consumer(
    topic: str, name: str, consumer: Callable[[dict[str, Any]], None], concerned: Concerned = _always
) -> None:
    """Every row of `topic` is handed to `consumer` once; it reads the current records itself and may run again.

    Of what does not concern it (`concerned`, of the payload) it gets no row.
    """
    _consumers.setdefault(topic, {})[name] = _Registered(lambda payloads: consumer(payloads[0]), MAIN, False, concerned)


def register_collector(topic: str, name: str, consumer: Consumer, concerned: Concerned = _always) -> None:
    """As `register_consumer`, for one that takes many rows at once, in a lane of its own where nobody waits for it."""
    _consumers.setdefault(topic, {})[name] = _Registered(consumer, name, True, concerned)


def lanes() -> list[str]:
    """What the worker drains side by side."""
    return list(dict.fromkeys([MAIN, *(known.lane for topic in _consumers.values() for known in topic.values())]))


def put(session: Session, topic: str, payload: dict[str, Any]) -> None:
    """Leave work for every consumer of the topic, in the caller's transaction."""
    rows = [
        {"topic": topic, "consumer": name, "payload": payload, "created_at": now(), "attempts": 0, "error": ""}
        for name, known in _consumers.get(topic, {}).items()
        if known.concerned(payload)
    ]
    if rows:
        insert_rows(session, table_of(Outbox), rows)
        db.announce(session, OUTBOX)


def drain(limit: int = 100, lane: str | None = None) -> int:
    """Claim up to `limit` open rows (of a lane) and do them, oldest first; answers with how many were claimed."""
    if not db.read_sync(_has_work, lane):
        return 0
    claimed = db.write_sync(_claim, limit, lane)
    results: dict[int, dict[str, Any]] = {}
    marked_at = monotonic()
    for rows in _portions(claimed):
        for row, outcome in zip(rows, _do(rows), strict=True):
            if outcome:
                results[row["id"]] = outcome
        if monotonic() - marked_at > MARK_SECONDS:
            db.write_sync(_mark, results)
            results, marked_at = {}, monotonic()
    if results:
        db.write_sync(_mark, results)
    return len(claimed)


def drain_all(lane: str | None = None) -> int:
    """Until nothing is left that can be claimed."""
    total = 0
    while done := drain(lane=lane):
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


@lru_cache
def _open(lane: str | None, others: frozenset[str], limit: int) -> Any:
    """The oldest rows (of a lane) that may be claimed `at` a moment; `others` are consumers with lanes of their own."""
    table = table_of(Outbox)
    leased = (table.c.leased_until.is_(None)) | (table.c.leased_until < bindparam("at", type_=UtcDateTime))
    where = table.c.done_at.is_(None) & table.c.parked_at.is_(None) & leased
    if lane is not None:
        where &= table.c.consumer.not_in(sorted(others)) if lane == MAIN else table.c.consumer == lane
    return select(table).where(where).order_by(table.c.id).limit(limit)


def _elsewhere() -> frozenset[str]:
    return frozenset(name for topic in _consumers.values() for name, known in topic.items() if known.lane != MAIN)


def _has_work(session: Session, lane: str | None) -> bool:
    return session.connection().execute(_open(lane, _elsewhere(), 1), {"at": now()}).first() is not None


def _claim(session: Session, limit: int, lane: str | None = None) -> list[dict[str, Any]]:
    query = _open(lane, _elsewhere(), limit).with_for_update(**db.claim_lock(session))
    rows = session.connection().execute(query, {"at": now()}).mappings().all()
    if rows:
        lease = {"until": now() + LEASE, "ids": [row["id"] for row in rows]}
        session.connection().execute(_leasing(), lease)
    return [dict(r) for r in rows]


@cache
def _leasing() -> Any:
    table = table_of(Outbox)
    chosen = update(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
    return chosen.values(leased_until=bindparam("until"), attempts=table.c.attempts + 1)


def _known(row: dict[str, Any]) -> _Registered | None:
    return _consumers.get(row["topic"], {}).get(row["consumer"])


def _portions(claimed: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Each row alone, but those of a collector together, except where one failed before: that one goes alone."""
    together: dict[tuple[str, str], list[dict[str, Any]]] = {}
    alone: list[list[dict[str, Any]]] = []
    for row in claimed:
        known = _known(row)
        if known is not None and known.together and row["attempts"] == 0:
            together.setdefault((row["topic"], row["consumer"]), []).append(row)
        else:
            alone.append([row])
    return alone + list(together.values())


def _do(rows: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """Hand rows to their consumer; answers for each with what to write into it."""
    known = _known(rows[0])
    if known is None:
        return [None]  # another process knows this consumer; the lease runs out and it takes the row
    try:
        known.consumer([row["payload"] for row in rows])
    except NotNow as error:
        waits = {"done_at": None, "leased_until": now() + PAUSE, "parked_at": None, "error": str(error)[:500]}
        return [waits | {"attempts": row["attempts"]} for row in rows]
    except Exception as error:
        log.exception("outbox row %s (%s) failed", rows[0]["id"], rows[0]["consumer"])
        return [_failed(row, error) for row in rows]
    done = {"done_at": now(), "leased_until": None, "parked_at": None, "error": ""}
    return [done | {"attempts": row["attempts"] + 1} for row in rows]


def _failed(row: dict[str, Any], error: Exception) -> dict[str, Any]:
    attempts = row["attempts"] + 1
    failed = {"done_at": None, "error": str(error)[:500], "attempts": attempts}
    if attempts >= MOST_ATTEMPTS:
        return failed | {"leased_until": None, "parked_at": now()}
    return failed | {"leased_until": now() + LEASE * attempts, "parked_at": None}


def _mark(session: Session, results: dict[int, dict[str, Any]]) -> None:
    session.connection().execute(_marking(), [{"b_id": i, **values} for i, values in results.items()])


@cache
def _marking() -> Any:
    table = table_of(Outbox)
    columns = ("done_at", "leased_until", "parked_at", "error", "attempts")
    return update(table).where(table.c.id == bindparam("b_id")).values({c: bindparam(c) for c in columns})
