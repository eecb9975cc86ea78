"""All that works beside the pages: in the one web process, or as `kith worker` in one of its own."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from crm_app.jobs.bulk import BulkRunner
from crm_app.jobs.nightly import Nights
from crm_app.jobs.reminders import Reminders
from crm_app.jobs.sweeping import Sweeper
from crm_app.jobs.worker import Worker

STOP_SECONDS = 10.0  # what takes longer ends with the process, and is done anew by the next one


class Crew:
    """The outbox, runs, reminders, the sweep for duplicates and the nightly work; none of them waits for another."""

    def __init__(self) -> None:
        self.worker = Worker()
        self._others = (BulkRunner(), Reminders(), Sweeper(), Nights())

    def start(self) -> None:
        """Begin."""
        self.worker.start()
        for one in self._others:
            one.start()

    def halt(self) -> None:
        """Tell all of them to end after what is at hand."""
        self.worker.halt()
        for one in self._others:
            one.halt()

    def stop(self) -> None:
        """Halt, and wait for all of them together."""
        self.halt()
        until = time.monotonic() + STOP_SECONDS
        for one in (self.worker, *self._others):
            one.wait(until)

    def run(self) -> None:
        """Until halted."""
        for one in self._others:
            one.start()
        self.worker.run()
        self.stop()


@contextlib.asynccontextmanager
async def embedded() -> AsyncIterator[None]:
    """The crew as a lifespan task of the one web process."""
    crew = Crew()
    crew.start()
    try:
        yield
    finally:
        await asyncio.to_thread(crew.stop)
