"""The worker loop: wakes on a commit of its own process, looks every 250 ms for those of others."""

import logging
import threading
import time
from dataclasses import dataclass

from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.records.search.index import keep_ready

IDLE_SECONDS = 0.2
SEARCH = "search"
WORTH = 10  # a lane is busy for about a tenth of the time
CROWD = 4  # rows of one round, from which on many are at work at once
log = logging.getLogger("kith.worker")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a lane goes about what comes, in seconds: it gathers a moment, and between two rounds it rests `WORTH` times
    as long as the first of them took, but no longer than `rest`, or twice that in a crowd: most of a round is the same
    however much it does.
    """

    gather: float
    rest: float
    care: float


# Open boards hear at once; who searches or looks at a score can wait a moment longer.
PACES = {outbox.MAIN: Pace(0.04, 0.12, 600), SEARCH: Pace(0.1, 0.35, 2)}
OTHERS = Pace(0.25, 1.5, 600)


class Worker:
    """Drains the outbox, each lane in a thread of its own, until it is stopped."""

    def __init__(self) -> None:
        self._wakes = {lane: threading.Event() for lane in outbox.lanes()}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; several workers may run, rows are claimed."""
        db.after_write(outbox.OUTBOX, self.wake)
        for lane in self._wakes:
            thread = threading.Thread(target=self._run, args=(lane,), name=f"kith-worker-{lane}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Look now."""
        for wake in self._wakes.values():
            wake.set()

    def halt(self) -> None:
        """End after the rows at hand."""
        self._stop.set()
        self.wake()

    def wait(self, until: float) -> None:
        """For the threads to end, until that moment of `time.monotonic`."""
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """Halt, and wait for the threads to end."""
        self.halt()
        self.wait(time.monotonic() + 10)

    def run(self) -> None:
        """Until stopped."""
        self.start()
        for thread in self._threads:
            while thread.is_alive():
                thread.join(timeout=1)

    def _run(self, lane: str) -> None:
        """An error is logged and does not end the loop."""
        wake, pace, cared = self._wakes[lane], PACES.get(lane, OTHERS), 0.0
        while not self._stop.is_set():
            wake.clear()
            took, ended, longest = 0.0, 0.0, pace.rest
            try:
                if not cared or time.monotonic() - cared > pace.care:
                    self._care(lane)
                    cared = time.monotonic()
                began = time.monotonic()
                if done := outbox.drain_all(lane):
                    ended = time.monotonic()
                    took = ended - began
                    longest = pace.rest * (2 if done >= CROWD else 1)
            except Exception:
                log.exception("the worker could not drain the outbox (%s)", lane)
                self._stop.wait(2)
            if wake.wait(IDLE_SECONDS):
                rested = ended + min(longest, WORTH * took)
                self._stop.wait(max(pace.gather, rested - time.monotonic()))

    def _care(self, lane: str) -> None:
        """What a lane does now and then beside its rows."""
        if lane == SEARCH:
            keep_ready(self._stop.is_set)
