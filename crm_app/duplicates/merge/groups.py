"""A list of groups merged by a run: one after the other, each a batch of its own; it goes on where it broke off."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.forwarding import survivors
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError, Refused
from crm_app.core.reader import numeral
from crm_app.duplicates.merge.clusters import Cluster, check_apart, preview_cluster
from crm_app.duplicates.merge.service import Merged, merge_records
from crm_app.records.bulk import BulkProgress, Portion, carry_on, open_run
from crm_app.tables import BulkRow, BulkRun
from crm_app.ui import addresses

GROUPS = "merge_groups"
LONG = "long"  # the merge of very many in hand, which is a run of its own: its id, who stays, who goes
bulk_row = table_of(BulkRow)


def start_groups(session: Session, actor: Principal, name: str, groups: Sequence[Cluster]) -> int:
    """A new run over these groups; whether one may be merged is decided when its turn comes.

    Raises Refused for records that cannot be merged or stand in two groups.
    """
    known = kind(name)
    if not known.mergeable or not groups:
        raise Refused(f"Choose which {known.plural.lower()} to merge.")
    check_apart(groups)
    note = f"The merge of {numeral(len(groups))} group{'' if len(groups) == 1 else 's'} of {known.plural.lower()}"
    values = {"groups": [list(ids) for ids in groups], "path": f"{addresses.DUPLICATES}?kind={name}"}
    return open_run(session, actor, GROUPS, name, total=len(groups), set_values=values, note=note)


def grouping(session: Session, actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next group, or the next records of one with very many; `cursor` is the number of the group.

    Registered in `wire`. A group that is refused is left as it is, and the next ones go on.
    """
    if run.set_values.get(LONG):
        return _go_on(session, run, limit)
    groups = run.set_values["groups"]
    ids = groups[run.cursor] if run.cursor < len(groups) else []
    try:
        with db.savepoint(session):
            done = _merge(session, actor, run.kind, ids)
    except KithError as refusal:
        return _over(run, [], [(run.kind, ids[0] if ids else 0, _words(refusal))])
    if done.run_id:
        run.set_values = run.set_values | {LONG: {"run": done.run_id, "survivor": done.survivor, "ids": ids}}
        return Portion(cursor=run.cursor)
    return _over(run, [(run.kind, done.survivor)], [])


def _merge(session: Session, actor: Principal, name: str, ids: Cluster) -> Merged:
    """Raises a KithError where the group cannot be merged."""
    plan = preview_cluster(session, actor, name, ids)
    if plan.refused:
        raise Refused(plan.refused)
    return merge_records(session, actor, name, plan.survivor, [id for id in plan.ids if id != plan.survivor])


def _go_on(session: Session, run: BulkRun, limit: int) -> Portion:
    """Carry on the run of a group with very many; once it is over, the group is."""
    long = run.set_values[LONG]
    if not _carried(session, long["run"], limit).is_over:
        return Portion(cursor=run.cursor)
    run.set_values = {name: value for name, value in run.set_values.items() if name != LONG}
    survivor = int(long["survivor"])
    went = survivors(session, run.kind, [int(id) for id in long["ids"]])
    if all(went.get(int(id), int(id)) == survivor for id in long["ids"]):
        return _over(run, [(run.kind, survivor)], [])
    why = select(bulk_row.c.reason).where(bulk_row.c.run_id == long["run"], bulk_row.c.record_id == survivor)
    said = session.connection().execute(why.order_by(bulk_row.c.row_no).limit(1)).scalar()
    return _over(run, [], [(run.kind, survivor, said or "The merge of this group was ended before its time.")])


def _carried(session: Session, run_id: int, limit: int) -> BulkProgress:
    """One portion of it; as `run_bulk`, what does not go together is taken one by one, then left out."""
    refusal = ""
    for size in (limit, 1):
        try:
            with db.savepoint(session):
                return carry_on(session, run_id, size)
        except KithError as error:
            refusal = error.message
    return carry_on(session, run_id, 1, refusal)


def _over(run: BulkRun, made: list[tuple[str, int]], left: list[tuple[str, int, str]]) -> Portion:
    """The group in hand is dealt with."""
    at = run.cursor + 1
    return Portion(rows=1, cursor=at, left=left, made=made, is_last=at >= len(run.set_values["groups"]))


def _words(refusal: KithError) -> str:
    items: Any = getattr(refusal, "items", ())
    return refusal.message + (f" ({'; '.join(items)})" if items else "")
