"""The connections at work: a query that nobody waits for any more must not keep its process alive."""

import contextlib
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Engine, event

PAUSE_SECONDS = 0.2  # whoever was interrupted may ask once more
_at_work: set[Any] = set()  # entries of a pool whose connections are in use


def follow(engine: Engine) -> None:
    """Know from now on which connections of this engine are in use."""

    @event.listens_for(engine, "checkout")
    def _taken(_connection: Any, record: Any, _proxy: Any) -> None:
        _at_work.add(record)

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: Any, record: Any) -> None:
        _at_work.discard(record)


def interrupt() -> None:
    """End what every connection in use does at the moment; whoever waits for it gets the error of the database."""
    for record in list(_at_work):
        connection = record.dbapi_connection
        stop = getattr(connection, "interrupt", None) or getattr(connection, "cancel", None)  # sqlite3, psycopg
        with contextlib.suppress(Exception):  # closed in the meantime: it does nothing any more
            if stop is not None:
                stop()


@contextlib.asynccontextmanager
async def ending() -> AsyncIterator[None]:
    """A lifespan task: once the server is to end, whatever still runs in the database is interrupted until it is gone.

    The threads of queries are waited for at the end of a process, and one may take as long as it likes.
    """
    try:
        yield
    finally:
        threading.Thread(target=_interrupt_on, name="kith-ending", daemon=True).start()


def _interrupt_on() -> None:
    while True:
        interrupt()
        time.sleep(PAUSE_SECONDS)
