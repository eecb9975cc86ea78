"""The demo invents a past: meanwhile `clock.now` is the moment that it pretends, and every batch is one of the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

DEMO = "demo"  # the source of its batches, of what it writes and of what takes it away; no way in for anybody else
_moment: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def pretended() -> datetime | None:
    """The invented moment, aware; None wherever time is real, which is everywhere but in the seeding of the demo."""
    return _moment.get()


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Whatever a command does inside happened at this moment, in the demo."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
