"""Work that is looked at again and again in a thread beside the worker, so that neither waits for the other."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError


class Recurring:
    """Runs `look` at once and then every so many seconds; several processes may, `look` claims what it does."""

    def __init__(self, name: str, look: Callable[[], object], every: float) -> None:
        self._name, self._look, self._every = name, look, every
        self._log = logging.getLogger(f"kith.{name}")
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self.run, name=f"kith-{self._name}", daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """End before the next look."""
        self._stop.set()

    def wait(self, until: float) -> None:
        """For the thread to end, until that moment of `time.monotonic`."""
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """Halt, and wait; a look that takes longer than ten seconds ends with the process."""
        self.halt()
        self.wait(time.monotonic() + 10)

    def run(self) -> None:
        """Until stopped; an error is logged and does not end the loop."""
        while not self._stop.is_set():
            try:
                self._look()
            except OperationalError as error:
                self._log.warning("%s wait for the database: %s", self._name, error)
            except Exception:
                self._log.exception("%s could not be looked for", self._name)
            self._stop.wait(self._every)
