"""Long work has ended, and whoever began it may have gone on meanwhile: it is told in the inbox, with a link."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from crm_app.attention.notify import Message, deliver, formats_for
from crm_app.core import db
from crm_app.core.changes import kind, outbox
from crm_app.core.reader import numeral, read_by
from crm_app.core.text import clip
from crm_app.records.address import path_of
from crm_app.tables import BulkRun

TOPIC = "attention"
ENDED = "ended"
LONG = timedelta(seconds=5)  # what is shorter is still looked at when its toast comes
ENDS = {"done": "is done", "cancelled": "was cancelled", "failed": "stopped because of an error"}


def notify_of_runs(tell: Callable[[dict[str, Any]], None], payload: dict[str, Any]) -> None:
    """For the topic `runs`: a bulk run has ended."""
    if told := db.write_sync(_from_run, payload["run"]):
        tell({"kind": "notification", "ids": sorted(told)})


def _from_run(session: Session, run_id: int) -> set[int]:
    run = session.get(BulkRun, run_id)
    if run is None or run.user_id is None or run.finished_at is None or run.finished_at - run.started_at < LONG:
        return set()
    known = kind(run.kind) if run.kind else None
    what = clip(run.note, 160) or f"A change of many {known.plural.lower() if known else 'records'}"
    with read_by(formats_for(session, run.user_id)):
        counts = f"{numeral(run.changed)} changed"
        counts += f", {numeral(run.refused)} left as they were" if run.refused else ""
    text = f"{what} {ENDS.get(run.status, run.status)}: {counts}." + (f" {run.error}" if run.error else "")
    survivor = run.set_values.get("survivor")
    path = path_of(run.kind, int(survivor)) if survivor else known.path if known else ""
    path = run.set_values.get("path") or path  # where the work was begun, if that is another page
    return deliver(session, [Message(run.user_id, ENDED, text, f"run:{run_id}", kind=run.kind, path=path)])


def tell_end(session: Session, user_id: int, text: str, once: str, path: str) -> None:
    """The same for work that is no run; open tabs hear of it."""
    if told := deliver(session, [Message(user_id, ENDED, text, once, path=path)]):
        outbox.put(session, TOPIC, {"kind": "notification", "ids": sorted(told)})
