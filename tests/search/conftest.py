"""The engines under one contract: the embedded one, and Meilisearch or what speaks its protocol."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.embedded import EmbeddedEngine
from search.meili import MeiliEngine
from search.port import Engine
from tests.support.meili import MeiliStub


@pytest.fixture(params=["embedded", "meilisearch"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine without an index."""
    if request.param == "embedded":
        made: Engine = EmbeddedEngine(tmp_path / "search")
        yield made
        made.close()
        return
    url = os.environ.get("KITH_TEST_MEILI_URL")
    stub = None if url else MeiliStub()
    meili = MeiliEngine(url or stub.url, os.environ.get("KITH_TEST_MEILI_KEY"), name=f"test-{os.getpid()}")  # pyright: ignore[reportOptionalMemberAccess]
    yield meili
    meili.drop()
    meili.close()
    if stub is not None:
        stub.stop()
