"""How far a run is, what it left alone, and its end before time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import select
from sqlmodel import Session, col

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.clock import now
from crm_app.core.errors import NotFound
from crm_app.records.reading import titles
from crm_app.tables import BulkRow, BulkRun

SHOWN = 200
LOOK_SECONDS = 0.25
GONE = NotFound().message


@dataclass(frozen=True)
class BulkProgress:
    """A run in numbers; `status` is running, done, cancelled or failed, then `error` says why."""

    id: int = 0
    kind: str = ""
    op: str = "update"
    status: str = "running"
    total: int = 0
    done: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    batch_id: int = 0
    note: str = ""
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self.status != "running"


@dataclass(frozen=True)
class Refusal:
    """A record that was left alone."""

    kind: str = ""
    id: int = 0
    title: str = ""
    reason: str = ""


def progress_of(run: BulkRun) -> BulkProgress:
    """The numbers of a run."""
    return BulkProgress(**{name: getattr(run, name) for name in BulkProgress.__dataclass_fields__})


def bulk_progress(session: Session, actor: Principal, run_id: int) -> BulkProgress:
    """How far one's own run is. Raises NotFound."""
    return progress_of(_own(session, actor, run_id))


async def followed(actor: Principal, run_id: int) -> AsyncIterator[BulkProgress]:
    """One's own run, looked at four times a second until it is over; the last one says so. Raises NotFound."""
    while not (progress := await db.read(bulk_progress, actor, run_id)).is_over:
        yield progress
        await asyncio.sleep(LOOK_SECONDS)
    yield progress


class Follower(Protocol):
    """A state of a screen in a background event; `_following` is the run that this tab follows, 0 for none."""

    _following: int

    async def __aenter__(self) -> Any: ...
    async def __aexit__(self, *about: Any) -> Any: ...


async def followed_once(tab: Follower, actor: Principal, run_id: int) -> AsyncIterator[BulkProgress]:
    """As `followed`, but nothing where another event of this tab follows the run already. Raises NotFound."""
    async with tab:
        if tab._following == run_id:
            return
        tab._following = run_id
    try:
        async for progress in followed(actor, run_id):
            yield progress
    finally:
        async with tab:
            tab._following = 0


def unfinished(session: Session, actor: Principal) -> list[BulkProgress]:
    """One's own runs that are still going on, oldest first."""
    query = select(BulkRun).where(col(BulkRun.status) == "running", col(BulkRun.user_id) == actor.id)
    return [progress_of(run) for run in session.scalars(query.order_by(col(BulkRun.id)))]


def list_refusals(session: Session, actor: Principal, run_id: int, limit: int = SHOWN) -> list[Refusal]:
    """What the run left alone, in its order; titles only of what the actor may see. Raises NotFound.

    Anybody may ask to undo any batch: of a hidden record it says no more than of one that is not there.
    """
    run = _own(session, actor, run_id)
    refused = select(BulkRow).where(col(BulkRow.run_id) == run_id, col(BulkRow.row_no) < 0)
    rows = session.scalars(refused.order_by(col(BulkRow.row_no).desc()).limit(limit)).all()
    names = titles(session, actor, {(r.kind, r.record_id) for r in rows})
    found = [Refusal(r.kind, r.record_id, names.get((r.kind, r.record_id), ""), r.reason) for r in rows]
    hidden = run.op == "undo" and not actor.system
    return [replace(r, reason=GONE) if hidden and (r.kind, r.id) not in names else r for r in found]


def cancel_bulk(session: Session, actor: Principal, run_id: int) -> BulkProgress:
    """End a run before its next portion; what is done stays. Raises NotFound."""
    run = _own(session, actor, run_id, lock=True)
    if run.status == "running":
        run.status, run.finished_at = "cancelled", now()
        session.flush()
    return progress_of(run)


def _own(session: Session, actor: Principal, run_id: int, *, lock: bool = False) -> BulkRun:
    run = session.get(BulkRun, run_id, with_for_update=lock)
    if run is None or not (actor.system or actor.role == "administrator" or run.user_id == actor.id):
        raise NotFound("There is no such run.")
    return run
