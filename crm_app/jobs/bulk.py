"""Carries bulk runs on, in a thread beside the worker, so that live boards do not wait for them."""

import logging
import threading
import time

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from crm_app.core import db
from crm_app.core.clock import now
from crm_app.records.bulk import run_bulk
from crm_app.records.bulk.start import BULK
from crm_app.tables import BulkRun

IDLE_SECONDS = 0.25
log = logging.getLogger("kith.bulk")


def next_run(session: Session) -> int | None:
    """The oldest run that is going on, also one that a killed server left behind."""
    return session.scalars(select(col(BulkRun.id)).where(BulkRun.status == "running").order_by(col(BulkRun.id))).first()


class BulkRunner:
    """Does the runs one after the other until it is stopped."""

    def __init__(self) -> None:
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin. Several processes may; a run's row is locked while a portion of it is done."""
        db.after_write(BULK, self._wake.set)
        self._thread = threading.Thread(target=self.run, name="kith-bulk", daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """End after the portion at hand; another start goes on from there."""
        self._stop.set()
        self._wake.set()

    def wait(self, until: float) -> None:
        """For the thread to end, until that moment of `time.monotonic`."""
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """Halt, and wait for the thread to end."""
        self.halt()
        self.wait(time.monotonic() + 10)

    def run(self) -> None:
        """Until stopped; a run that fails is closed with the reason and does not end the loop."""
        while not self._stop.is_set():
            self._wake.clear()
            try:
                found = db.read_sync(next_run)
                if found is not None:
                    self._do(found)
                    continue
            except Exception:
                log.exception("the runner could not reach its runs")
                self._stop.wait(2)
            self._wake.wait(IDLE_SECONDS)

    def _do(self, run_id: int) -> None:
        try:
            run_bulk(run_id, stop=self._stop.is_set)
        except OperationalError:  # the database was away or busy: the run goes on when it is back
            raise
        except Exception as error:
            log.exception("bulk run %s failed", run_id)
            db.write_sync(fail, run_id, f"It stopped with an error: {type(error).__name__}.")


def fail(session: Session, run_id: int, error: str) -> None:
    """Close a run that cannot go on; what it has done stays and can be undone."""
    run = session.get(BulkRun, run_id, with_for_update=True)
    if run is not None and run.status == "running":
        run.status, run.error, run.finished_at = "failed", error, now()
        session.flush()
