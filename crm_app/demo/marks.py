"""What shows that a record came with the demo, and that the demo is there: the source of the batch that made it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.log import ChangeBatch
from crm_app.core.changes.working import table_of
from crm_app.core.pretence import DEMO
from crm_app.tables import BulkRun

__all__ = ["DEMO", "demo_batches", "is_seeded", "mark_seeded", "once"]
COMPLETE = "The demo is complete"
STEP = "Loaded of the demo: "


def demo_batches() -> Select[tuple[int]]:
    """The ids of every batch of the demo."""
    batch = table_of(ChangeBatch)
    return select(batch.c.id).where(batch.c.source == DEMO)


def mark_seeded(session: Session, step: str = COMPLETE) -> None:
    """An empty batch: all of this step, or of everything, is there."""
    open_batch(session, SYSTEM, DEMO, note=step)


def is_seeded(session: Session, step: str = COMPLETE) -> bool:
    """Was this loaded to its end, and not taken away since? (Ids grow, so the later one has the larger.)"""
    batch, run = table_of(ChangeBatch), table_of(BulkRun)
    execute = session.connection().execute
    loaded = execute(select(func.max(batch.c.id)).where(batch.c.source == DEMO, batch.c.note == step)).scalar()
    back = select(run.c.undoes).where(run.c.op == "undo", run.c.undoes.is_not(None))
    gone = select(func.max(run.c.batch_id)).where(run.c.op == DEMO, run.c.status == "done", run.c.batch_id.not_in(back))
    return loaded is not None and loaded > (execute(gone).scalar() or 0)


def once(session: Session, step: str, work: Callable[..., object], *args: Any) -> bool:
    """A step of the load and its mark in one transaction; False where an earlier load that was broken off did it."""
    if is_seeded(session, STEP + step):
        return False
    work(session, *args)
    mark_seeded(session, STEP + step)
    return True
