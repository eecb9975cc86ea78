"""Meilisearch behind the port: time-outs on every call, tasks waited for, one client for each thread."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import time
from typing import Any

import meilisearch
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from requests.exceptions import RequestException

from search.asked import take_apart
from search.documents import Changes, Document, Found
from search.filters import Eq, Filter
from search.meili.filters import any_key, expression
from search.meili.schema import SETTINGS, candidate_of, plain_texts, rescue_texts, to_meili
from search.port import Missing, Unavailable, version_of
from search.ranking import Candidate, rank

SECONDS = 5
TASK_MS, LONG_TASK_MS = 30_000, 600_000
POLL_MS = 20
CANDIDATES = 60
PAGE = 1000
PARALLEL = 4


class MeiliEngine:
    """An index of a Meilisearch server. Safe to use from several threads; at most `PARALLEL` ask at a time."""

    def __init__(self, url: str, key: str | None = None, name: str = "kith", version: str = version_of(())) -> None:
        self._url, self._key, self._all = url, key, f"{name}-v"
        self._live, self._next = f"{self._all}{version}", f"{self._all}{version}-next"
        self._threads = threading.local()
        self._slots = threading.BoundedSemaphore(PARALLEL)

    def search(
        self,
        text: str,
        *,
        where: Filter | None = None,
        limit: int = 10,
        mine: int | None = None,
        facets: Sequence[str] = (),
    ) -> Found:
        """See `Engine.search`."""
        asked = take_apart(text)
        if not asked.words:
            return Found()
        most = max(CANDIDATES, 3 * limit)
        with self._asking() as client:
            results = self._ask(client, plain_texts(asked), where, most, facets, mine)
            rescue = rescue_texts(asked)
            if rescue and sum(len(result["hits"]) for result in results) < limit:
                results += self._ask(client, rescue, where, most, facets, None)
        candidates: dict[tuple[str, int], Candidate] = {}
        for result in results:
            for candidate in map(candidate_of, result["hits"]):
                candidates.setdefault((candidate.kind, candidate.id), candidate)
        hits = rank(asked, candidates.values(), mine, time(), limit)
        return Found(hits, _facets(results, facets))

    def _ask(
        self,
        client: meilisearch.Client,
        texts: Sequence[str],
        where: Filter | None,
        most: int,
        facets: Sequence[str],
        mine: int | None,
    ) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"indexUid": self._live, "limit": most, "matchingStrategy": "all"}
        query |= {"sort": ["weight:desc"], "attributesToRetrieve": ["kept"]}
        narrowed = [expression(where)] if where is not None else []
        queries = [query | {"q": text, "filter": narrowed, "facets": list(facets)} for text in texts]
        if mine is not None:  # what is one's own must be among the candidates
            queries += [q | {"filter": [*narrowed, expression(Eq("owner", mine))], "facets": []} for q in queries]
        return client.multi_search(queries)["results"]

    def is_ready(self) -> bool:
        """Is there an index of this version?"""
        try:
            with self._asking() as client:
                client.index(self._live).get_stats()
        except Missing:
            return False
        return True

    def update(self, read: Callable[[], Changes]) -> None:
        """See `Engine.update`."""
        with self._asking() as client:
            client.index(self._live).get_stats()  # without an index, adding would make one with no settings
            self._write(client, self._live, read())

    def _write(self, client: meilisearch.Client, name: str, changes: Changes) -> None:
        index = client.index(name)
        if changes.gone:
            self._wait(client, index.delete_documents(filter=any_key(changes.gone)))
        for start in range(0, len(changes.documents), PAGE):
            made = [to_meili(document) for document in changes.documents[start : start + PAGE]]
            self._wait(client, index.add_documents(made, "key"))

    def _wait(self, client: meilisearch.Client, begun: Any, most_ms: int = TASK_MS) -> None:
        """Until the task is done. Raises Unavailable if it failed or takes too long."""
        task = client.wait_for_task(begun.task_uid, timeout_in_ms=most_ms, interval_in_ms=POLL_MS)
        if task.status != "succeeded":
            raise Unavailable(f"Meilisearch: {task.type} {task.status}: {(task.error or {}).get('message', '')}")

    def rebuild(self, batches: Iterable[list[Document]], catch_up: Callable[[], Changes]) -> int:
        """See `Engine.rebuild`."""
        count = 0
        with self._asking() as client:
            self._remove(client, self._next)
            self._create(client, self._next)
            for batch in batches:
                made = [to_meili(document) for document in batch]
                self._wait(client, client.index(self._next).add_documents(made, "key"), LONG_TASK_MS)
                count += len(batch)
            self._write(client, self._next, catch_up())
            try:
                client.index(self._live).get_stats()
            except MeilisearchApiError:
                self._create(client, self._live)  # only what exists can be swapped
            self._wait(client, client.swap_indexes([{"indexes": [self._live, self._next]}]))
            self._write(client, self._live, catch_up())  # what was written to the other one in between
            for uid in [found.uid for found in client.get_indexes({"limit": PAGE})["results"]]:
                if uid.startswith(self._all) and uid != self._live:  # the other one, and those of other versions
                    self._remove(client, uid)
        return count

    def _create(self, client: meilisearch.Client, name: str) -> None:
        self._wait(client, client.create_index(name, {"primaryKey": "key"}))
        self._wait(client, client.index(name).update_settings(dict(SETTINGS)))

    def _remove(self, client: meilisearch.Client, name: str) -> None:
        """Delete an index if it is there."""
        try:
            client.index(name).get_stats()
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                return
            raise
        self._wait(client, client.delete_index(name))

    def digests(self) -> Iterator[tuple[str, str]]:
        """See `Engine.digests`."""
        start = 0
        while True:
            with self._asking() as client:
                page = client.index(self._live).get_documents(
                    {"limit": PAGE, "offset": start, "fields": ["key", "digest"]}
                )
            yield from ((found.key, found.digest) for found in page.results)
            start += PAGE
            if start >= page.total:
                return

    def drop(self) -> None:
        """Remove the indexes from the server."""
        with suppress(Unavailable), self._asking() as client:
            self._remove(client, self._live)
            self._remove(client, self._next)

    def close(self) -> None:
        """The client keeps no connection."""

    @contextmanager
    def _asking(self) -> Iterator[meilisearch.Client]:
        """The client of this thread; what goes wrong is Unavailable, or Missing where there is no index."""
        if not self._slots.acquire(timeout=SECONDS):
            raise Unavailable("Meilisearch is busy")
        try:
            if not hasattr(self._threads, "client"):
                self._threads.client = meilisearch.Client(self._url, self._key, timeout=SECONDS)
            yield self._threads.client
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                raise Missing("there is no search index") from error
            raise Unavailable(f"Meilisearch: {error}") from error
        except (MeilisearchError, RequestException) as error:
            raise Unavailable(f"Meilisearch: {error}") from error
        finally:
            self._slots.release()


def _facets(results: Sequence[dict[str, Any]], wanted: Sequence[str]) -> dict[str, dict[str, int]]:
    """The counts of the first way of asking that found anything."""
    if not wanted:
        return {}
    for result in results:
        counted = result.get("facetDistribution") or {}
        if any(counted.values()):
            return {name: counted.get(name, {}) for name in wanted}
    return {name: {} for name in wanted}
