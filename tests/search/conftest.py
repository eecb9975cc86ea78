"""The engines under one contract: the embedded one, and Meilisearch or what speaks its protocol."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from search.embedded import EmbeddedEngine
from search.meili import MeiliEngine
from search.port import Engine
from tests.support.meili import MeiliStub


@pytest.fixture(params=["embedded", "meilisearch"])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """Gives an engine of a version, each over the same folder or server; empty at first."""
    made: list[Any] = []
    stub = None if request.param == "embedded" or os.environ.get("KITH_TEST_MEILI_URL") else MeiliStub()
    url = stub.url if stub else os.environ.get("KITH_TEST_MEILI_URL", "")

    def make(version: str) -> Engine:
        if request.param == "embedded":
            made.append(EmbeddedEngine(tmp_path / "search", version))
        else:
            key = os.environ.get("KITH_TEST_MEILI_KEY")
            made.append(MeiliEngine(url, key, name=f"test-{os.getpid()}", version=version))
        return made[-1]

    yield make
    for engine in made:
        if isinstance(engine, MeiliEngine):
            engine.drop()
        engine.close()
    if stub is not None:
        stub.stop()


@pytest.fixture
def engine(engines: Callable[[str], Engine]) -> Engine:
    """An empty engine without an index."""
    return engines("1")
