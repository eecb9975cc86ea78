"""The worker loop: wakes on a commit of its own process, looks every 250 ms for those of others."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator

from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.jobs.bulk import BulkRunner

IDLE_SECONDS = 0.2
HOUSEKEEPING_SECONDS = 600
log = logging.getLogger("kith.worker")


class Worker:
    """Drains the outbox in a thread of its own until it is stopped."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; several workers may run, rows are claimed."""
        db.after_write(self.wake)
        self._thread = threading.Thread(target=self.run, name="kith-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def halt(self) -> None:
        """End after the row at hand."""
        self._stop.set()
        self._wake.set()

    def stop(self) -> None:
        """Halt, and wait for the thread to end."""
        self.halt()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Until stopped; an error is logged and does not end the loop."""
        tidied = 0.0
        while not self._stop.is_set():
            self._wake.clear()
            try:
                outbox.drain_all()
                if time.monotonic() - tidied > HOUSEKEEPING_SECONDS:
                    db.write_sync(outbox.forget_done)
                    tidied = time.monotonic()
            except Exception:
                log.exception("the worker could not drain the outbox")
                self._stop.wait(2)
            self._wake.wait(IDLE_SECONDS)


@contextlib.asynccontextmanager
async def embedded() -> AsyncIterator[None]:
    """The worker as a lifespan task of the one web process."""
    worker, runner = Worker(), BulkRunner()
    worker.start()
    runner.start()
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)
        await asyncio.to_thread(runner.stop)
