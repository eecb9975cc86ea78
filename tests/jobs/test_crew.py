"""What works beside the pages: none of it waits for another."""

import threading
import time

import pytest
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.jobs import nightly, sweeping
from crm_app.jobs.crew import Crew
from crm_app.tables import Outbox
from tests.support.builders import make_company


def _open_rows() -> int:
    table = table_of(Outbox)
    query = select(func.count()).where(table.c.done_at.is_(None))
    return db.read_sync(lambda session: session.connection().execute(query).scalar_one())


def test_the_outbox_is_drained_while_the_nightly_work_takes_long_and_all_are_told_to_end_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, last_told = threading.Event(), threading.Event(), threading.Event()

    def long_work() -> int:
        begun.set()
        assert go_on.wait(30)
        return 0

    monkeypatch.setattr(nightly, "WORK", (long_work,))
    monkeypatch.setattr(sweeping, "sweep_due", lambda: last_told.wait(30))
    before = set(threading.enumerate())
    crew = Crew()
    halt_last = crew._others[-1].halt
    monkeypatch.setattr(crew._others[-1], "halt", lambda: (halt_last(), last_told.set()))
    crew.start()
    try:
        assert begun.wait(10)
        make_company()
        until = time.monotonic() + 10
        while _open_rows() and time.monotonic() < until:
            time.sleep(0.02)
        assert _open_rows() == 0
    finally:
        go_on.set()
        stopped = time.monotonic()
        crew.stop()  # the sweep ends only when the one behind it has been told too
    assert time.monotonic() - stopped < 8
    assert set(threading.enumerate()) <= before
