"""tantivy behind the port: any number of readers in any process, writers one after the other."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time

import tantivy

from search.asked import Asked, take_apart
from search.documents import Changes, Document, Found
from search.embedded.folder import Folder
from search.embedded.queries import either, narrowed, near_query, text_query
from search.embedded.schema import candidate_of, kept_of, make_schema, to_tantivy
from search.filters import Filter
from search.port import FACETS, Damaged, Missing, version_of
from search.ranking import rank

PANIC = "PanicException"  # what tantivy throws at bytes it never wrote: no Exception, and nowhere to be imported from
SMALL_HEAP, LARGE_HEAP = 15_000_000, 120_000_000
CANDIDATES = 30
Stamp = tuple[int, int, int]


@dataclass(slots=True)
class _Reader:
    generation: Path
    index: tantivy.Index
    stamp: Stamp


class EmbeddedEngine:
    """An index in a folder. Safe to use from several threads; one of another `version` is none."""

    def __init__(self, path: Path, version: str = version_of(())) -> None:
        self._folder = Folder(path, version)
        self._schema = make_schema()
        self._lock = threading.Lock()
        self._reader: _Reader | None = None

    def search(
        self,
        text: str,
        *,
        where: Filter | None = None,
        limit: int = 10,
        mine: int | None = None,
        facets: Sequence[str] = (),
    ) -> Found:
        """See `Engine.search`. Typos are forgiven when without them there are fewer than `limit`.

        What has a name comes first then; the words of activities are forgiven where nothing else is found.
        """
        asked = take_apart(text)
        if not asked.words:
            return Found()
        with self._reading() as searcher:
            most = max(CANDIDATES, 3 * limit)
            query, addresses = self._candidates(searcher, asked, where, mine, most, limit)
            found = [candidate_of(searcher.doc(address)) for address in addresses]
            counted = _facets(searcher, query, facets)
        return Found(rank(asked, found, mine, time(), limit), counted)

    def _candidates(
        self, searcher: tantivy.Searcher, asked: Asked, where: Filter | None, mine: int | None, most: int, limit: int
    ) -> tuple[tantivy.Query, list[tantivy.DocAddress]]:
        """What has the words; too few: also what has a name like them; none: whatever is like them."""

        def look(words: tantivy.Query) -> tuple[tantivy.Query, list[tantivy.DocAddress]]:
            query = narrowed(self._schema, words, where, mine)
            hits = searcher.search(query, most, count=False, weight_by_field="weight").hits
            return query, [address for _, address in hits]

        query, addresses = look(text_query(self._schema, asked, forgiving=False))
        if len(addresses) >= limit or not any(word.typos for word in asked.words):
            return query, addresses
        near, more = look(near_query(self._schema, asked))
        if not addresses and not more:
            return look(text_query(self._schema, asked, forgiving=True))
        known = {(address.segment_ord, address.doc) for address in addresses}
        addresses += [address for address in more if (address.segment_ord, address.doc) not in known]
        return either([query, near]), addresses

    def is_ready(self) -> bool:
        """Can the index be opened, and is it of this version?"""
        try:
            with self._reading() as searcher:
                return searcher.num_docs >= 0
        except Missing:
            return False

    def update(self, read: Callable[[], Changes]) -> None:
        """See `Engine.update`. Raises Missing if there is no index to write to."""
        with self._folder.turn("write"):
            generation = self._folder.current()
            with _damage_is_missing(self._folder, generation):
                index = tantivy.Index.open(str(generation))
                self._write(index, read())

    def _write(self, index: tantivy.Index, changes: Changes) -> None:
        if not changes.documents and not changes.gone:
            return
        writer = index.writer(SMALL_HEAP, 1)
        for key in (*changes.gone, *(document.key for document in changes.documents)):
            writer.delete_documents_by_term("key", key)
        for document in changes.documents:
            writer.add_document(to_tantivy(document, self._schema))
        writer.commit()
        writer.wait_merging_threads()

    def rebuild(self, batches: Iterable[list[Document]], catch_up: Callable[[], Changes]) -> int:
        """See `Engine.rebuild`. One rebuild at a time; the index in use is searched and written to until the swap."""
        with self._folder.turn("rebuild"):
            made = self._folder.begin()
            index = tantivy.Index(self._schema, path=str(made))
            writer = index.writer(LARGE_HEAP, 1)
            count = 0
            for batch in batches:
                for document in batch:
                    writer.add_document(to_tantivy(document, self._schema))
                count += len(batch)
            writer.commit()
            writer.wait_merging_threads()
            with self._folder.turn("write"):
                self._write(index, catch_up())
                self._folder.finish(made)
        return count

    def digests(self) -> Iterator[tuple[str, str]]:
        """See `Engine.digests`."""
        with self._reading() as searcher:
            hits = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits
            for _, address in hits:
                found = searcher.doc(address)
                yield str(found.get_first("key")), kept_of(found)[-1]

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._reader = None

    @contextmanager
    def _reading(self) -> Iterator[tantivy.Searcher]:
        """A searcher of what was committed last, in whatever process."""
        generation = self._folder.current()
        with _damage_is_missing(self._folder, generation):
            yield self._searcher(generation)

    def _searcher(self, generation: Path) -> tantivy.Searcher:
        with self._lock:
            stamp = _stamp(generation)
            if self._reader is None or self._reader.generation != generation:
                index = tantivy.Index.open(str(generation))
                index.config_reader("manual")
                index.reload()
                self._reader = _Reader(generation, index, stamp)
            elif self._reader.stamp != stamp:
                self._reader.index.reload()
                self._reader.stamp = stamp
            return self._reader.index.searcher()


def _stamp(generation: Path) -> Stamp:
    """Changes with every commit, because tantivy replaces this file."""
    found = (generation / "meta.json").stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _damage_is_missing(folder: Folder, generation: Path) -> Iterator[None]:
    """Files that are gone or unreadable: the index is missing, for every process. A newer generation is no damage."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, ValueError | OSError) and type(error).__name__ != PANIC:
            raise
        if folder.current() == generation:
            folder.mark_damaged(generation)
        raise Damaged(f"the search index cannot be read: {error}") from error


def _facets(searcher: tantivy.Searcher, query: tantivy.Query, wanted: Sequence[str]) -> dict[str, dict[str, int]]:
    if not wanted:
        return {}
    asked = {name: {"terms": {"field": name, "size": 100}} for name in FACETS if name in wanted}
    found = searcher.aggregate(query, asked)
    return {
        name: {_word(bucket["key"]): int(bucket["doc_count"]) for bucket in found[name]["buckets"]} for name in asked
    }


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)
