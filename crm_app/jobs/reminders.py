"""Looks every few seconds for reminders whose time has come, in a thread beside the worker."""

import logging
import threading

from crm_app.attention.reminders import remind
from crm_app.jobs.live import announce

EVERY_SECONDS = 10
log = logging.getLogger("kith.reminders")


class Reminders:
    """Several processes may run it: a note is a unique row, so each is written once."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        self._every = every
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self.run, name="kith-reminders", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the look at hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Until stopped; an error is logged and does not end the loop."""
        while not self._stop.is_set():
            try:
                remind(announce)
            except Exception:
                log.exception("reminders could not be looked for")
            self._stop.wait(self._every)
