"""The outbox: exactly one worker does each job, failures come again, a poisonous row is parked."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.core.changes.log import Outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from tests.support.builders import make_company

TOPIC = "test"


@pytest.fixture
def consumer(database_url: str) -> Iterator[list[dict]]:
    """A consumer that keeps what it was handed, and fails where the payload says so."""
    seen: list[dict] = []

    def take(payload: dict) -> None:
        seen.append(payload)
        if payload.get("fails"):
            raise RuntimeError("on purpose")

    outbox.register_consumer(TOPIC, "keeper", take)
    yield seen
    outbox._consumers.pop(TOPIC)


def put(**payload: object) -> None:
    db.write_sync(outbox.put, TOPIC, payload)


def rows() -> list[Outbox]:
    return db.read_sync(lambda s: [Outbox(**r) for r in s.connection().execute(table_of(Outbox).select()).mappings()])


def expire_leases() -> None:
    db.write_sync(
        lambda s: s.connection().execute(table_of(Outbox).update().values(leased_until=now() - timedelta(seconds=1)))
    )


def test_every_row_is_done_once_by_several_workers(consumer: list[dict]) -> None:
    for n in range(60):
        put(n=n)
    workers = [threading.Thread(target=lambda: [outbox.drain(7) for _ in range(30)]) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(p["n"] for p in consumer) == list(range(60))
    assert all(r.done_at for r in rows())


def test_a_failure_is_tried_again_and_parked_at_last(consumer: list[dict], caplog: pytest.LogCaptureFixture) -> None:
    put(fails=True)
    for _ in range(outbox.MOST_ATTEMPTS + 2):
        outbox.drain_all()
        if not rows()[0].parked_at:
            expire_leases()
    assert len(consumer) == outbox.MOST_ATTEMPTS
    assert [r.error for r in db.read_sync(outbox.parked)] == ["on purpose"]


def test_a_crashed_worker_loses_nothing(consumer: list[dict]) -> None:
    put(n=1)
    db.write_sync(outbox._claim, 10)  # claimed, and then the process died
    assert outbox.drain() == 0
    expire_leases()
    assert outbox.drain() == 1 and consumer == [{"n": 1}]


def test_rows_wait_without_failing_while_the_other_side_is_away(database_url: str) -> None:
    handed: list[list[int]] = []
    away = True

    def collect(payloads: list[dict]) -> None:
        handed.append([p["n"] for p in payloads])
        if away:
            raise outbox.NotNow("the engine is away")

    outbox.register_collector(TOPIC, "collector", collect)
    try:
        for n in range(3):
            put(n=n)
        assert outbox.drain(lane=outbox.MAIN) == 0 and handed == []
        for _ in range(outbox.MOST_ATTEMPTS + 2):
            outbox.drain_all("collector")
            expire_leases()
        assert db.read_sync(outbox.parked) == [] and handed == [[0, 1, 2]] * (outbox.MOST_ATTEMPTS + 2)
        assert {r.error for r in rows()} == {"the engine is away"}
        away = False
        assert outbox.drain_all("collector") == 3
        assert all(r.done_at and r.error == "" for r in rows())
    finally:
        outbox._consumers.pop(TOPIC)


def test_what_is_rolled_back_leaves_no_work(consumer: list[dict]) -> None:
    def fail(session) -> None:
        outbox.put(session, TOPIC, {})
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        db.write_sync(fail)
    assert rows() == []


def test_a_change_puts_one_row_a_chunk(database_url: str) -> None:
    company = make_company()  # which names nobody, so that nobody is to be notified
    found = [(r.consumer, r.payload["ids"]) for r in rows() if r.payload.get("kind") == "company"]
    assert sorted(found) == [(consumer, [company]) for consumer in ("live", "quality", "score", "search")]
