"""Turns at something that only one thread may do at a time: whoever has a person waiting goes first."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

PATIENCE_SECONDS = 0.5  # so long lets work that nobody waits for others pass, then it comes next


class _Waiting:
    """A thread in a queue, asleep until its gate is opened."""

    def __init__(self) -> None:
        self.since, self.gate = monotonic(), Lock()
        self.gate.acquire()


class Turns:
    """A lock with two queues, handed to the next. A plain one goes to whoever asks at the right moment, and a thread
    that lets it go and asks again is always the first to ask.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._urgent: deque[_Waiting] = deque()
        self._others: deque[_Waiting] = deque()

    @contextmanager
    def turn(self, *, urgent: bool, timeout: float) -> Iterator[None]:
        """Wait for a turn, at most `timeout` seconds, and hold it for the block. Raises TimeoutError."""
        self._acquire(self._urgent if urgent else self._others, timeout)
        try:
            yield
        finally:
            self._hand_over()

    def _acquire(self, queue: deque[_Waiting], timeout: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = _Waiting()
            queue.append(mine)
        if mine.gate.acquire(timeout=timeout):
            return
        with self._guard:
            if mine in queue:
                queue.remove(mine)
                raise TimeoutError(f"another write of this process took more than {timeout:g} s")

    def _hand_over(self) -> None:
        with self._guard:
            tired = self._others and monotonic() - self._others[0].since > PATIENCE_SECONDS
            queue = self._others if tired or not self._urgent else self._urgent
            if queue:
                queue.popleft().gate.release()
            else:
                self._taken = False
