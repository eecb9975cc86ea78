"""What a run does next: a portion of changes from where it stands, by the operation of the run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, ports
from crm_app.core.changes.kinds import Kind, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.undo import Kept, first_run, inverse
from crm_app.core.changes.values import decode
from crm_app.core.changes.working import table_of
from crm_app.tables import BulkRow, BulkRun

SPAN = 4  # how much further the log is read than the portion is long, because others write between


@dataclass
class Portion:
    """Changes to make, how many rows of the run they stand for, and where the next portion begins.

    `left` are records that are left alone, with the reason; `made` are those that the operation has changed itself.
    A `trusted` one follows of itself from what was allowed when the run began; a `whole` one is made as a whole or not
    at all.
    """

    changes: list[Change] = field(default_factory=list)
    rows: int = 0
    cursor: int = 0
    left: list[tuple[str, int, str]] = field(default_factory=list)
    made: list[tuple[str, int]] = field(default_factory=list)
    is_last: bool = False
    trusted: bool = False
    whole: bool = False


Op = Callable[[Session, Principal, BulkRun, int], Portion]


def selected(session: Session, actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next records of the selection; `cursor` is the number of the next row."""
    table = table_of(BulkRow)
    query = (
        select(table.c.row_no, table.c.record_id)
        .where(table.c.run_id == run.id, table.c.row_no >= run.cursor)
        .order_by(table.c.row_no)
        .limit(limit)
    )
    rows = session.connection().execute(query).all()
    known = kind(run.kind)
    owners = _owners(session, known, [r.record_id for r in rows])
    values = {k: decode(known.table, k, v) for k, v in run.set_values.items()}
    portion = Portion(rows=len(rows), cursor=run.cursor + len(rows), is_last=len(rows) < limit)
    for row_no, id in rows:
        verdict = ports.allowed(actor, "mass_edit", known.name, owners.get(id), record_id=id)
        if verdict.allowed:
            number = row_no + 1 if run.op == "update" else None  # a delete may bring others along
            portion.changes.append(Change(known.name, id, values, run.op, row_no=number))  # pyright: ignore[reportArgumentType]
        else:
            portion.left.append((known.name, id, verdict.why))
    return portion


def _owners(session: Session, known: Kind, ids: Sequence[int]) -> dict[int, int | None]:
    if known.owner is None:
        return {}
    table = table_of(known.table)
    query = select(table.c.id, table.c[known.owner]).where(table.c.id.in_(ids))
    return {row[0]: row[1] for row in session.connection().execute(query)}


@dataclass(frozen=True)
class Stretch:
    """Rows of the log, newest first, and where the next stretch begins; `is_last` when nothing older is wanted."""

    rows: list[Any]
    cursor: int
    is_last: bool


def stretch(session: Session, run: BulkRun, limit: int, wanted: ColumnElement[bool]) -> Stretch:
    """The next wanted rows of the log below the run's cursor; in none of its stretches a record stands twice."""
    first = int(run.set_values["first"])
    table = table_of(ChangeLog)
    low = max(first, run.cursor - SPAN * limit)
    query = select(table).where(table.c.seq <= run.cursor, table.c.seq >= low, wanted).order_by(table.c.seq.desc())
    own: list[Any] = list(session.connection().execute(query).mappings()) if run.cursor else []
    rows = first_run(own, limit)
    cursor = (rows[-1]["seq"] if len(rows) < len(own) else low) - 1
    return Stretch(rows, cursor, cursor < first)


def undone(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next rows of the log of the batch, newest first; `cursor` is the newest that is still to be taken back."""
    part = stretch(session, run, limit, table_of(ChangeLog).c.batch_id == run.undoes)
    kept: list[Kept] = []
    portion = Portion(inverse(session, part.rows, kept), len(part.rows), part.cursor, is_last=part.is_last)
    portion.left = [(k.kind, k.id, k.why) for k in kept]
    return portion


_ops: dict[str, tuple[Op, str]] = {
    "update": (selected, "bulk"),
    "delete": (selected, "bulk"),
    "restore": (selected, "bulk"),
    "undo": (undone, "undo"),
}


def register_op(name: str, op: Op, source: str = "bulk") -> None:
    """Make another operation known, with the source of its changes; `crm_app.wire` does."""
    _ops[name] = (op, source)


def op_of(run: BulkRun) -> tuple[Op, str]:
    """The operation of a run, and the source under which its changes are recorded."""
    return _ops[run.op]
