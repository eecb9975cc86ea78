"""A merge of very many, and its undo, portion by portion; the survivor and the tombstones change at once."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.undo import Kept, inverse
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.duplicates.merge.agreeing import agreeing
from crm_app.duplicates.merge.checking import locked_rows
from crm_app.duplicates.merge.giving import given_back
from crm_app.duplicates.merge.moving import moves
from crm_app.duplicates.merge.service import ending
from crm_app.duplicates.merge.undoing import checked, first_again, merge_of
from crm_app.records.bulk import Portion, stretch
from crm_app.tables import BulkRow, BulkRun

bulk_row = table_of(BulkRow)


def merging(session: Session, actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next records that move; when none is left, the documents that may be sealed, the survivor and the tombstones.

    Registered in `wire`. Who names a loser meanwhile is found by a later portion; who changed one of them meanwhile
    ends the run, and says so.
    """
    name, survivor = run.kind, int(run.set_values["survivor"])
    losers = [int(i) for i in run.set_values["losers"]]
    refused = select(bulk_row.c.kind, bulk_row.c.record_id).where(bulk_row.c.run_id == run.id)
    left = {(k, i) for k, i in session.connection().execute(refused)}
    changes = moves(session, name, survivor, losers, sealed=False, limit=limit, without=left)
    if changes:
        return Portion(changes, len(changes), run.cursor + 1, trusted=True)
    try:
        rows = locked_rows(session, actor, name, survivor, losers, run_id=run.id)
        last = moves(session, name, survivor, losers, without=left)
        changes = [*last, *ending(session, name, rows, survivor, run.set_values["chosen"])]
    except KithError as refusal:
        return Portion([], 0, run.cursor, [(name, survivor, refusal.message)], is_last=True)
    rest = max(0, run.total - run.done)
    return Portion(changes, rest, run.cursor + 1, is_last=True, trusted=True, whole=True)


def unmerging(session: Session, actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next differences of the merge, newest first; at the end what was added since goes with whom it belongs to.

    Registered in `wire`.
    """
    name, survivor = run.kind, int(run.set_values["survivor"])
    wanted = run.done == 0 or run.set_values["give"]  # it reads the whole batch, which not every portion need do
    merge = merge_of(session, run.undoes or 0) if wanted else None
    if run.done == 0:
        if merge is None:
            return Portion(is_last=True)
        try:
            checked(session, actor, merge, run_id=run.id)
        except KithError as refusal:
            return Portion([], 0, run.cursor, [(name, survivor, refusal.message)], is_last=True)
    part = stretch(session, run, limit, table_of(ChangeLog).c.batch_id == run.undoes)
    kept: list[Kept] = []
    changes = first_again(session, name, survivor, inverse(session, part.rows, kept, same_parts=True))
    changes = agreeing(session, name, survivor, part.rows, changes, kept)
    portion = Portion(changes, len(part.rows), part.cursor, trusted=True)
    portion.left = [(k.kind, k.id, k.why) for k in kept]
    portion.is_last = part.is_last
    if part.is_last and merge is not None and run.set_values["give"]:
        try:
            portion.changes += given_back(session, name, survivor, run.set_values["give"])
        except KithError as refusal:
            portion.left.append((name, survivor, refusal.message))
    return portion
