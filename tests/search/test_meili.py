"""A Meilisearch that hangs, or is asked by many: every call ends in time, and no more than a few are under way."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import meilisearch
import pytest

from search.documents import Changes, Document
from search.meili import engine as meili
from search.port import Unavailable
from tests.support.meili import MeiliStub

SECONDS = 0.15
ONE = Document("person", 1, "John Smith")
CALLS: dict[str, Callable[[meili.MeiliEngine], Any]] = {
    "search": lambda engine: engine.search("smith"),
    "is_ready": lambda engine: engine.is_ready(),
    "update": lambda engine: engine.update(lambda: Changes([ONE])),
    "delete": lambda engine: engine.update(lambda: Changes([], ["person-1"])),
    "rebuild": lambda engine: engine.rebuild([[ONE]], Changes),
    "digests": lambda engine: list(engine.digests()),
}


@pytest.fixture
def stub() -> Iterator[MeiliStub]:
    made = MeiliStub()
    yield made
    made.go_on()
    made.stop()


@pytest.fixture
def engine(stub: MeiliStub) -> meili.MeiliEngine:
    """Filled; it has no client yet."""
    meili.MeiliEngine(stub.url).rebuild([[ONE]], Changes)
    return meili.MeiliEngine(stub.url)


@pytest.mark.parametrize("name", CALLS)
def test_no_call_waits_for_a_server_that_hangs(
    engine: meili.MeiliEngine, stub: MeiliStub, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(meili, "SECONDS", SECONDS)
    stub.hang()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        CALLS[name](engine)
    assert time.monotonic() - began < 20 * SECONDS


@pytest.mark.parametrize("name", ["update", "delete", "rebuild"])
def test_a_task_that_never_ends_is_not_waited_for(
    engine: meili.MeiliEngine, stub: MeiliStub, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(meili, "TASK_MS", 100)
    monkeypatch.setattr(meili, "LONG_TASK_MS", 100)
    monkeypatch.setattr(meili.MeiliEngine._wait, "__defaults__", (100,))
    stub.unfinished = True
    with pytest.raises(Unavailable):
        CALLS[name](engine)


def test_a_few_ask_at_a_time_and_the_others_are_told_that_it_is_busy(
    engine: meili.MeiliEngine, stub: MeiliStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slots are taken by calls that hang; who finds none in time gets its answer all the same."""
    monkeypatch.setattr(meili, "SECONDS", SECONDS)
    clients = [meilisearch.Client(stub.url, timeout=20) for _ in range(meili.PARALLEL + 1)]
    monkeypatch.setattr(meili.meilisearch, "Client", lambda *_a, **_k: clients.pop())
    stub.hang()
    with ThreadPoolExecutor(meili.PARALLEL + 3) as pool:

        def ask(_: int) -> str:
            try:
                return str(engine.search("smith").hits[0].id)
            except Unavailable as error:
                return str(error)

        asked = [pool.submit(ask, n) for n in range(meili.PARALLEL + 3)]
        while sum(one.done() for one in asked) < 3:
            time.sleep(0.01)
        assert stub.under_way == meili.PARALLEL
        stub.go_on()
        answers = sorted(one.result() for one in asked)
    assert answers == ["1"] * meili.PARALLEL + ["Meilisearch is busy"] * 3
    assert engine.is_ready()  # the slots are free again


def test_each_thread_has_one_client_for_itself(engine: meili.MeiliEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, meilisearch.Client]] = []
    used: set[tuple[int, int]] = set()
    real, multi = meilisearch.Client, meilisearch.Client.multi_search

    def client(*given: Any, **named: Any) -> meilisearch.Client:
        made.append((threading.get_ident(), real(*given, **named)))
        return made[-1][1]

    def search(self: meilisearch.Client, *given: Any) -> Any:
        used.add((threading.get_ident(), id(self)))
        return multi(self, *given)

    monkeypatch.setattr(real, "multi_search", search)
    monkeypatch.setattr(meili.meilisearch, "Client", client)
    gate = threading.Barrier(3)

    def ask() -> None:
        gate.wait(5)
        for _ in range(3):
            assert engine.search("smith").hits

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3 and used == {(thread, id(one)) for thread, one in made}
