"""Runs a check: one task for each reader, never a second while the first is open; closed when nothing is left."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of, today
from crm_app.core.config import settings
from crm_app.core.errors import KithError, NotFound
from crm_app.core.ids import fresh
from crm_app.core.pretence import DEMO
from crm_app.core.reader import numeral
from crm_app.core.text import clip
from crm_app.quality.checks.asking import Share, counts_by_owner, href_of, listing_of_check, shares
from crm_app.quality.rules.schedule import slot_of
from crm_app.tables import Activity, QualityCheck, QualityRun, QualityTask

check, run, told, activity = (table_of(m) for m in (QualityCheck, QualityRun, QualityTask, Activity))
log_table = table_of(ChangeLog)
BY_HAND = "now:"
DAYS_TO_MEND = 3
NOTHING_LEFT = "Nothing is left to fix: this task was closed by the check itself."
log = logging.getLogger("kith.quality")


def run_due() -> int:
    """What the worker does now and then: every check whose slot has not run; how many ran."""
    due = db.read_sync(due_checks)
    for id, slot in due:
        run_once(id, slot)
    return len(due)


def due_checks(session: Session) -> list[tuple[int, str]]:
    """Those that run by themselves and have not yet in this day, week or month, or failed then."""
    day = today(settings().zone)
    rows = session.connection().execute(
        select(check.c.id, check.c.schedule).where(check.c.deleted_at.is_(None), check.c.active.is_(True))
    )
    wanted = [(row.id, slot_of(row.schedule, day)) for row in rows]
    query = select(run.c.check_id, run.c.slot).where(run.c.slot.in_({slot for _, slot in wanted}), run.c.error == "")
    done = {(row.check_id, row.slot) for row in session.connection().execute(query)}
    return [one for one in wanted if one not in done]


def run_once(check_id: int, slot: str) -> None:
    """A slot in a transaction of its own; what went wrong is kept with it, and it is tried again at the next look."""
    try:
        db.write_sync(run_check, check_id, slot)
    except Exception as error:
        log.exception("the check %s failed", check_id)
        words = (
            error.message if isinstance(error, KithError) else "It could not be run; the log of the server says why."
        )
        db.write_sync(_failed, check_id, slot, words)


def _failed(session: Session, check_id: int, slot: str, words: str) -> None:
    here = (run.c.check_id == check_id) & (run.c.slot == slot)
    session.connection().execute(delete(run).where(here, run.c.error != ""))
    session.connection().execute(insert(QualityRun).values(check_id=check_id, slot=slot, at=now(), error=words[:500]))


def run_by_hand(session: Session, check_id: int) -> Any:
    """Now, whatever the schedule says. Raises NotFound, Invalid."""
    return run_check(session, check_id, f"{BY_HAND}{now().isoformat()}:{fresh()}")


def run_check(session: Session, check_id: int, slot: str) -> Any:
    """The run of this slot: what was found, and what became of the tasks. Raises NotFound, Invalid; None: it ran."""
    query = select(check).where(check.c.id == check_id, check.c.deleted_at.is_(None)).with_for_update()
    row = session.connection().execute(query).first()
    if row is None:
        raise NotFound("This check is not there any more.")
    session.connection().execute(delete(run).where(run.c.check_id == check_id, run.c.slot == slot, run.c.error != ""))
    try:
        with db.savepoint(session):
            session.connection().execute(insert(QualityRun).values(check_id=check_id, slot=slot, at=now()))
    except IntegrityError:
        return None  # another worker was faster
    listing = listing_of_check(session, row.kind, row.parameters)
    counts = counts_by_owner(session, listing)
    ended = _tell(session, row, listing, shares(session, row.goes_to, row.person_id, counts))
    values = {"found": sum(counts.values()), **ended}
    session.connection().execute(update(run).where(run.c.check_id == check_id, run.c.slot == slot).values(values))
    return values


def _tell(session: Session, row: Any, listing: Any, parts: dict[int, Share]) -> dict[str, int]:
    """Open, renew and close tasks."""
    open_tasks, known = _open_tasks(session, row.id), _known(session, row.id)
    wishes: list[tuple[int, Change]] = []
    for reader, share in sorted(parts.items()):
        if reader in open_tasks:
            if known[reader].found != share.count:
                wishes.append((reader, Change("activity", open_tasks[reader], _words(row, listing, share))))
        else:
            due = start_of(today(settings().zone) + timedelta(days=DAYS_TO_MEND), settings().zone)
            values = {"type": "task", "owner_id": reader, "due_at": due, "all_day": True}
            wishes.append((reader, Change("activity", op="create", set=values | _words(row, listing, share))))
    closed = sorted(set(open_tasks) - set(parts))
    wishes += [
        (reader, Change("activity", open_tasks[reader], {"done_at": now(), "body": NOTHING_LEFT})) for reader in closed
    ]
    source = _source(session, row.id)
    done = apply_many(session, SYSTEM, [wish for _, wish in wishes], source=source) if wishes else []
    for (reader, _), applied in zip(wishes, done, strict=True):
        count = parts[reader].count if reader in parts else 0
        here = (told.c.check_id == row.id) & (told.c.user_id == reader)
        session.connection().execute(delete(told).where(here))
        values = {"check_id": row.id, "user_id": reader, "activity_id": applied.id, "found": count}
        session.connection().execute(insert(QualityTask).values(**values))
    opened = sum(1 for _, wish in wishes if wish.op == "create")
    return {"opened": opened, "closed": len(closed), "updated": len(wishes) - opened - len(closed)}


def _source(session: Session, check_id: int) -> str:
    """What a check of the demo makes goes with the demo."""
    made = (log_table.c.kind == "quality_check") & (log_table.c.record_id == check_id) & (log_table.c.version == 1)
    way = session.connection().execute(select(log_table.c.source).where(made)).scalar()
    return DEMO if way == DEMO else "check"


def _words(row: Any, listing: Any, share: Share) -> dict[str, str]:
    known = kind(listing.kind)
    noun = known.label.lower() if share.count == 1 else known.plural.lower()
    link = settings().base_url.rstrip("/") + href_of(listing, row.goes_to, share)
    return {
        "subject": clip(f"{row.name}: {numeral(share.count)} {noun} to fix", 300),
        "body": f"Open the list:\n{link}",
    }


def _known(session: Session, check_id: int) -> dict[int, Any]:
    return {r.user_id: r for r in session.connection().execute(select(told).where(told.c.check_id == check_id))}


def _open_tasks(session: Session, check_id: int) -> dict[int, int]:
    """By reader: the task that is neither done nor deleted and still is theirs to do."""
    query = select(told.c.user_id, activity.c.id).join(activity, activity.c.id == told.c.activity_id)
    query = query.where(told.c.check_id == check_id, activity.c.deleted_at.is_(None), activity.c.done_at.is_(None))
    return {row.user_id: row.id for row in session.connection().execute(query)}
