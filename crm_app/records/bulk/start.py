"""Begin a run: who may, which records, in which batch."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, insert, select
from sqlmodel import Session, col

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.values import encode
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.identity.policy import decide, scope
from crm_app.records.reading import RIGHTS_OF, may_see
from crm_app.tables import BulkRow, BulkRun

BULK = "bulk"  # announced when a run begins
MOST_RUNNING = 10  # of one user: the worker goes through them in turn, and each may be long
Selection = Sequence[int] | ColumnElement[bool]


def start_bulk(
    session: Session,
    actor: Principal,
    kind_name: str,
    selection: Selection,
    values: Mapping[str, Any] | None = None,
    op: Literal["update", "delete", "restore", "assign"] = "update",
    *,
    note: str = "",
) -> int:
    """A new run over the records that stand in the selection now, as far as the actor may see them.

    `values` are those of a `Change` (for `assign`: the `pool`): fields, `custom.12`, `tags+`. Whether a record may be
    edited is decided when its turn comes. Raises Forbidden without the right to edit (or delete) many at once, Refused
    for an empty selection.
    """
    known = kind(kind_name)
    obj = RIGHTS_OF.get(kind_name, kind_name)
    for action in ("mass_edit", "delete" if op in ("delete", "restore") else "edit"):
        if scope(actor, action, obj) == "none":
            raise Forbidden(decide(actor, action, obj).why)
    if op == "update" and not values:
        raise Refused("Nothing is to be changed.")
    _not_too_many(session, actor)
    ids = _selected(session, actor, kind_name, selection, gone=op == "restore")
    if not ids:
        raise Refused(f"There are no such {known.plural.lower()}.")
    stored = {name: encode(value) for name, value in (values or {}).items()}
    run_id = open_run(session, actor, op, kind_name, total=len(ids), set_values=stored, note=note)
    rows = [{"run_id": run_id, "row_no": n, "kind": kind_name, "record_id": i, "reason": ""} for n, i in enumerate(ids)]
    session.connection().execute(insert(table_of(BulkRow)), rows)
    return run_id


def start_undo(session: Session, actor: Principal, batch_id: int, *, note: str = "") -> int:
    """A new run that takes a batch back, newest first. Raises NotFound, Refused while the batch still grows."""
    if session.get(ChangeBatch, batch_id) is None:
        raise NotFound("This change does not exist.")
    runs, log = table_of(BulkRun), table_of(ChangeLog)
    execute = session.connection().execute
    if execute(select(runs.c.id).where(runs.c.batch_id == batch_id, runs.c.status == "running")).first():
        raise Refused("This change is still being made. Cancel it first.")
    _not_too_many(session, actor)
    query = select(func.min(log.c.seq), func.max(log.c.seq), func.count()).where(log.c.batch_id == batch_id)
    first, last, total = execute(query).one()
    values = {"first": first or 0}
    return open_run(
        session, actor, "undo", "", total=total, cursor=last or 0, undoes=batch_id, set_values=values, note=note
    )


def _not_too_many(session: Session, actor: Principal) -> None:
    """Raises Refused for somebody of whom many runs go on already."""
    mine = (col(BulkRun.user_id) == actor.id, col(BulkRun.status) == "running")
    query = select(func.count()).select_from(BulkRun).where(*mine)
    if actor.id is not None and session.connection().execute(query).scalar_one() >= MOST_RUNNING:
        raise Refused(f"{MOST_RUNNING} of your changes of many records are still being made. Wait for one of them.")


def reopen_undo(session: Session, actor: Principal, batch_id: int) -> int | None:
    """The actor's undo of this batch that was cancelled or still goes on, ready to go on; None where there is none."""
    query = select(BulkRun).where(col(BulkRun.undoes) == batch_id, col(BulkRun.user_id).is_not_distinct_from(actor.id))
    run = session.scalars(query.where(col(BulkRun.status).in_(("running", "cancelled", "failed")))).first()
    if run is None:
        return None
    run.status, run.error, run.finished_at = "running", "", None
    session.flush()
    db.announce(session, BULK)
    return run.id


def taken_back(session: Session, batches: Collection[int]) -> set[int]:
    """Those of these batches that a run took back."""
    query = select(col(BulkRun.undoes)).where(col(BulkRun.undoes).in_(batches), col(BulkRun.status) == "done")
    return {batch for batch in session.scalars(query) if batch is not None}


def open_run(
    session: Session, actor: Principal, op: str, kind_name: str, *, total: int, note: str = "", **more: Any
) -> int:
    """The run and its batch, of any registered operation."""
    source = "undo" if op == "undo" else "bulk"
    values = {
        "id": allocate_ids(session, 1)[0],
        "kind": kind_name,
        "op": op,
        "user_id": actor.id,
        "batch_id": open_batch(session, actor, source, note=note, undoes=more.get("undoes")),
        "set_values": {},
        "status": "running",
        "cursor": 0,
        "total": total,
        "done": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "note": note,
        "error": "",
        "started_at": now(),
    }
    session.connection().execute(insert(table_of(BulkRun)), values | more)
    db.announce(session, BULK)
    return values["id"]


def _selected(session: Session, actor: Principal, kind_name: str, selection: Selection, *, gone: bool) -> list[int]:
    known = kind(kind_name)
    table = table_of(known.table)
    there = table.c.deleted_at.is_not(None) if gone else table.c.deleted_at.is_(None)
    query = select(table.c.id).where(there, may_see(actor, known)).order_by(table.c.id)
    execute = session.connection().execute
    if isinstance(selection, ColumnElement):
        return list(execute(query.where(selection)).scalars())
    wanted = list(dict.fromkeys(selection))
    parts = [wanted[n : n + IN_LIMIT] for n in range(0, len(wanted), IN_LIMIT)]
    return [i for part in parts for i in execute(query.where(table.c.id.in_(part))).scalars()]
