"""A query that does not end is ended, on both databases; what comes after it on that connection is not."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from crm_app.core import db, running

ENDLESS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}


def test_a_query_that_does_not_end_is_interrupted(bare_database: str) -> None:
    def ask(session: Session) -> None:
        threading.Timer(0.05, running.interrupt).start()
        session.connection().execute(text(ENDLESS[db.dialect_of(session)]))

    started = time.monotonic()
    with pytest.raises(OperationalError):
        db.read_sync(ask)
    assert time.monotonic() - started < 5
    running.interrupt()  # nothing is at work
    assert db.read_sync(lambda session: session.connection().execute(text("SELECT 1")).scalar_one()) == 1
