"""The index of this installation: which engine, kept in step by the outbox, built anew when it must be."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.forwarding import survivors
from crm_app.core.changes.kinds import MERGED, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.outbox import NotNow
from crm_app.core.changes.working import of_batch, table_of
from crm_app.core.config import settings
from crm_app.records.custom.definitions import by_ids
from crm_app.records.search.documents import CHUNK, KINDS, all_documents, documents, shape
from search.documents import Changes, Document
from search.port import Engine, Missing, Unavailable, version_of

# What of a custom field says by which words its records are found.
FOUND_BY = frozenset({"searchable", "read_roles", "type", "options", "deleted_at", "kind"})
OVERLAP = 20_000  # rows of the log: a later number may have been committed earlier on PostgreSQL
log = logging.getLogger("kith.search")


class Stopped(Exception):
    """The process ends; the unfinished index is left to be removed by the next one."""


def engine() -> Engine:
    """The engine of the settings in force."""
    chosen = settings()
    key = chosen.search_key.get_secret_value() if chosen.search_key else None
    return _engine(chosen.search_url, key, chosen.data_dir / "search", _version())


@lru_cache(maxsize=1)
def _version() -> str:
    return version_of(shape())


@lru_cache(maxsize=4)
def _engine(url: str | None, key: str | None, folder: Path, version: str) -> Engine:
    if url is None:
        from search.embedded import EmbeddedEngine

        return EmbeddedEngine(folder, version)
    from search.meili import MeiliEngine

    return MeiliEngine(url, key, version=version)


def follow(payloads: list[dict[str, Any]]) -> None:
    """The outbox consumer: these records as they are now. Raises NotNow while the engine cannot be reached."""
    touched: dict[str, set[int]] = defaultdict(set)
    for payload in payloads:
        if payload["kind"] == "custom_field" and FOUND_BY & set(payload.get("fields", ())):
            _again(payload["ids"])
        if payload["kind"] in KINDS:
            touched[payload["kind"]].update(payload["ids"])
            if MERGED in payload.get("fields", ()):
                touched[payload["kind"]] |= db.read_sync(_merged_with, payload)
    if touched:
        _update(touched)


def _update(touched: Mapping[str, set[int]]) -> None:
    try:
        engine().update(lambda: db.read_sync(_as_they_are, touched))
    except Missing:
        return  # whoever builds the index reads the records themselves
    except Unavailable as error:
        raise NotNow(str(error)) from error


def _again(ids: list[int]) -> None:
    """Fields that are found otherwise now: the records that hold one are read anew, portion by portion."""
    for definition in db.read_sync(by_ids, ids).values():
        after = 0
        while definition.kind in KINDS and (portion := db.read_sync(_holding, definition.kind, definition.id, after)):
            after = portion[-1]
            _update({definition.kind: set(portion)})


def _holding(session: Session, name: str, field_id: int, after: int) -> list[int]:
    table = table_of(kind(name).table)
    query = select(table.c.id).where(table.c.id > after, table.c.custom[str(field_id)].as_string().is_not(None))
    return list(session.connection().execute(query.order_by(table.c.id).limit(CHUNK)).scalars())


def _merged_with(session: Session, payload: Mapping[str, Any]) -> set[int]:
    """Into which records these were merged, or from which they came back: those are found by the names of these."""
    table, name = table_of(ChangeLog), payload["kind"]
    query = select(table.c.diff).where(*of_batch(payload["batch"], name, payload["ids"]))
    named = {
        id for diff in session.connection().execute(query).scalars() for id in diff.get(MERGED, ()) if id is not None
    }
    return named | set(survivors(session, name, sorted(named)).values())


def _as_they_are(session: Session, touched: Mapping[str, set[int]]) -> Changes:
    changes = Changes()
    for name, ids in touched.items():
        made = documents(session, name, ids)
        changes.documents.extend(made)
        living = {document.id for document in made}
        changes.gone.extend(f"{name}-{id}" for id in ids if id not in living)
    return changes


def reindex(stopping: Callable[[], bool] = lambda: False) -> int:
    """Build the index beside the one in use and swap; what is saved meanwhile is in it. Gives the documents.

    Raises Unavailable if the engine cannot be reached, and Stopped."""
    started = db.read_sync(_last_row)

    def portions() -> Iterator[list[Document]]:
        for portion in all_documents():
            if stopping():
                raise Stopped
            yield portion

    return engine().rebuild(portions(), lambda: db.read_sync(_since, started))


def _last_row(session: Session) -> int:
    return session.connection().execute(select(func.max(table_of(ChangeLog).c.seq))).scalar_one() or 0


def _since(session: Session, row: int) -> Changes:
    table = table_of(ChangeLog)
    query = select(table.c.kind, table.c.record_id).where(table.c.seq > row - OVERLAP, table.c.kind.in_(KINDS))
    touched: dict[str, set[int]] = defaultdict(set)
    for name, id in session.connection().execute(query.distinct()):
        touched[name].add(id)
    return _as_they_are(session, touched)


def keep_ready(stopping: Callable[[], bool]) -> None:
    """The worker's care: an index that is missing, unfinished, damaged or of another version is built anew."""
    try:
        if not engine().is_ready():
            log.info("there is no search index of this version: building it")
            log.info("the search index holds %s records", reindex(stopping))
    except Unavailable as error:
        log.warning("search cannot be reached: %s", error)
    except Stopped:
        return
