"""Keeps what duplicates are found by, and sweeps for them at night, in a thread beside the worker: it may take long."""

import logging
import threading

from sqlalchemy.exc import OperationalError

from crm_app.duplicates.matching.sweeping import sweep_due

EVERY_SECONDS = 600
log = logging.getLogger("kith.duplicates")


class Sweeper:
    """Several processes may run it; each sweep is claimed by one."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        self._every = every
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self.run, name="kith-duplicates", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End before the next look; the one at hand ends with the process."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Until stopped; an error is logged and does not end the loop."""
        while not self._stop.is_set():
            try:
                sweep_due()
            except OperationalError as error:
                log.warning("duplicates wait for the database: %s", error)
            except Exception:
                log.exception("duplicates could not be looked for")
            self._stop.wait(self._every)
